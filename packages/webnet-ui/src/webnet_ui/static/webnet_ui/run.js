/* The run page: a plan stands only for the form it was made from, and only for a while. */

const plan = document.querySelector("[data-wn-plan-of]");

function expire() {
  plan.querySelector("[data-wn-plan-stale]").hidden = false;
  for (const button of plan.querySelectorAll("button[type=submit]")) button.disabled = true;
}

if (plan) {
  const form = document.getElementById(plan.dataset.wnPlanOf);
  form.addEventListener("input", expire);
  const left = new Date(plan.dataset.wnPlanUntil).getTime() - Date.now();
  setTimeout(expire, Math.max(0, left));
  plan.scrollIntoView({ block: "nearest" });
}
