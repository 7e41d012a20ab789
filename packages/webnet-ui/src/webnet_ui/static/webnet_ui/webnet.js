/* The shell's script: theme, sidebar, dialogs, menus, toasts, busy states, selection. Everything it does is an
   enhancement of markup that works without it. It never writes markup from data, only text and attributes, and it acts
   inside .wn-root alone. */

const YEAR = 31536000;
const root = () => document.querySelector(".wn-root[data-wn-page]") ?? document.querySelector(".wn-root");
const inside = (node) => node instanceof Element && node.closest(".wn-root") !== null;
const remember = (name, value) => {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${value}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
};

const make = (tag, className, text) => {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
};

const makeIcon = (name, size) => {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "wn-icon");
  svg.setAttribute("aria-hidden", "true");
  if (size) svg.setAttribute("data-size", size);
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${root()?.dataset.wnSprite ?? ""}#${name}`);
  svg.append(use);
  return svg;
};

/* Theme, density, sidebar ------------------------------------------------------------------------------------------ */

function press(buttons, chosen) {
  for (const button of buttons) button.setAttribute("aria-pressed", String(button === chosen));
}

function setTheme(theme) {
  for (const node of document.querySelectorAll(".wn-root[data-wn-theme]")) node.dataset.wnTheme = theme;
  const meta = document.querySelector('meta[name="color-scheme"]');
  if (meta) meta.content = theme === "auto" ? "light dark" : theme;
}

function followHostTheme() {
  const attribute = root()?.dataset.wnThemeFrom;
  if (!attribute) return;
  const read = () => {
    const value = document.documentElement.getAttribute(attribute);
    setTheme(value === "dark" || value === "light" ? value : "auto");
  };
  new MutationObserver(read).observe(document.documentElement, { attributes: true, attributeFilter: [attribute] });
  read();
}

function toggleNav() {
  const node = root();
  if (!node) return;
  node.dataset.wnNav = node.dataset.wnNav === "icons" ? "full" : "icons";
  remember("wn-nav", node.dataset.wnNav);
}

/* Toasts ----------------------------------------------------------------------------------------------------------- */

const LOOKS = { ok: "circle-check", failed: "octagon-x", changed: "triangle-alert", unknown: "diamond-question", running: "info" };
const SHOWN_AT_ONCE = 3;

function dismiss(node) {
  const tray = node.parentElement;
  node.remove();
  if (tray && !tray.hasChildNodes() && tray.matches(":popover-open")) tray.hidePopover();
}

export function toast({ text, kind = "ok", note = "", href = "", link = "", seconds = 6 }) {
  const tray = document.getElementById("wn-toasts");
  if (!tray || !text) return;
  const node = make("div", "wn-toast");
  node.dataset.status = kind;
  node.setAttribute("role", kind === "failed" ? "alert" : "status");
  const body = make("span", "wn-toast-text", text);
  if (note) body.append(make("span", "wn-toast-note", note));
  if (href && link && new URL(href, location.href).origin === location.origin) {
    const anchor = make("a", "", link);
    anchor.href = href;
    body.append(" ", anchor);
  }
  const close = make("button", "wn-btn wn-btn-ghost wn-btn-sm wn-btn-icon");
  close.type = "button";
  close.setAttribute("aria-label", "Dismiss");
  close.append(makeIcon("x", "sm"));
  close.addEventListener("click", () => dismiss(node));
  node.append(makeIcon(LOOKS[kind] ?? "info"), body, close);
  while (tray.children.length >= SHOWN_AT_ONCE) tray.firstElementChild.remove();
  // Shown anew each time, so that it lies above a dialog opened since.
  if (tray.matches(":popover-open")) tray.hidePopover();
  tray.showPopover?.();
  tray.append(node);
  if (kind !== "failed") waitThenDismiss(node, seconds * 1000);
}

function waitThenDismiss(node, milliseconds) {
  let timer = setTimeout(() => dismiss(node), milliseconds);
  const hold = () => clearTimeout(timer);
  const release = () => { timer = setTimeout(() => dismiss(node), milliseconds); };
  node.addEventListener("pointerenter", hold);
  node.addEventListener("pointerleave", release);
  node.addEventListener("focusin", hold);
  node.addEventListener("focusout", release);
}

/* Dialogs ---------------------------------------------------------------------------------------------------------- */

function openDialog(id) {
  const dialog = document.getElementById(id);
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
}

function openNewDialogs(within) {
  const scope = within instanceof Element ? within : document;
  for (const dialog of scope.querySelectorAll("dialog[data-wn-autoopen]")) {
    if (!inside(dialog) || dialog.open) continue;
    dialog.removeAttribute("data-wn-autoopen");
    dialog.showModal();
  }
}

function closeDialogs() {
  for (const dialog of document.querySelectorAll(".wn-root dialog[open]")) dialog.close();
}

/* Busy states ------------------------------------------------------------------------------------------------------ */

const AREA_AFTER = 150;
const HAIRLINE_AFTER = 400;
const NATIVE_LIMIT = 10000;
const pending = new Map();
const sending = new Set();
const submitters = new WeakMap();

function setBusy(button, busy) {
  if (!(button instanceof HTMLButtonElement)) return;
  button.toggleAttribute("data-busy", busy);
  if (busy) button.setAttribute("aria-disabled", "true");
  else button.removeAttribute("aria-disabled");
}

function release(source) {
  sending.delete(source);
  setBusy(submitters.get(source) ?? source, false);
}

function begin(source, target) {
  if (!inside(source)) return;
  const area = setTimeout(() => target?.setAttribute("aria-busy", "true"), AREA_AFTER);
  const line = setTimeout(() => root()?.append(make("div", "wn-hairline")), HAIRLINE_AFTER);
  pending.set(source, { area, line, target });
  if (source instanceof HTMLFormElement) sending.add(source);
  setBusy(submitters.get(source) ?? source, true);
}

function end(source) {
  const state = pending.get(source);
  if (!state) return;
  pending.delete(source);
  clearTimeout(state.area);
  clearTimeout(state.line);
  state.target?.removeAttribute("aria-busy");
  release(source);
  if (pending.size === 0) for (const node of document.querySelectorAll(".wn-hairline")) node.remove();
}

/* htmx, both families of events ------------------------------------------------------------------------------------ */

// htmx 2 says {elt, target, xhr}; htmx 4 says {ctx: {sourceElement, target, response}}.
const sourceOf = (event) => event.detail?.ctx?.sourceElement ?? event.detail?.elt ?? event.target;
const targetOf = (event) => {
  const target = event.detail?.ctx?.target ?? event.detail?.target;
  return target instanceof Element ? target : null;
};
const statusOf = (event) => event.detail?.xhr?.status ?? event.detail?.ctx?.response?.status ?? 0;
const headerOf = (event, name) =>
  event.detail?.xhr?.getResponseHeader?.(name) ?? event.detail?.ctx?.response?.headers?.get?.(name) ?? "";

const SENTENCES = {
  0: "The server did not answer. What you see has not changed.",
  403: "You may not do this.",
  404: "This is no longer there, or not yours to see.",
  409: "Somebody was faster: reload to see what is true now.",
  429: "Too many requests. Wait a moment and try again.",
};

function reportFailure(event) {
  // htmx 2 repeats every error as htmx:error, with the first one's details inside.
  if (event.detail?.errorInfo || !inside(sourceOf(event))) return;
  const status = statusOf(event);
  const id = headerOf(event, "X-Request-ID");
  toast({ text: SENTENCES[status] ?? `The server could not do this (${status}).`, kind: "failed", note: id ? `Request ${id}` : "" });
}

function keepOldContent(event) {
  // htmx 4 swaps error pages in by default; a failed fragment leaves what was there.
  const status = statusOf(event);
  if (inside(sourceOf(event)) && status >= 400 && status !== 422) event.preventDefault();
}

function wireHtmx() {
  const on = (names, handler) => names.forEach((name) => document.addEventListener(name, handler));
  on(["htmx:beforeRequest", "htmx:before:request"], (event) => begin(sourceOf(event), targetOf(event)));
  on(["htmx:afterRequest", "htmx:finally:request"], (event) => end(sourceOf(event)));
  on(["htmx:responseError", "htmx:response:error", "htmx:sendError", "htmx:timeout", "htmx:error"], reportFailure);
  on(["htmx:before:swap"], keepOldContent);
  on(["htmx:afterSwap", "htmx:after:swap"], (event) => {
    openNewDialogs(targetOf(event));
    tickAgain();
    refreshTimes();
  });
}

function warnAboutHtmx() {
  const scripts = [...document.scripts].filter((script) => /(^|\/)htmx([.-][^/]*)?\.js(\?|$)/.test(script.src));
  const version = String(window.htmx?.version ?? "");
  if (scripts.length > 1) {
    console.warn("webnet: two htmx scripts are on this page, so every request is sent twice. Set WEBNET['UI']['HTMX'] to 'host', or remove the other one.");
  }
  if (version.startsWith("1.")) console.warn(`webnet: htmx ${version} is too old; webnet needs 2 or 4.`);
  document.documentElement.dataset.wnHtmx = scripts.length > 1 ? "double" : version || "none";
}

/* Selection of rows ------------------------------------------------------------------------------------------------ */

const boxesOf = (form) => [...form.querySelectorAll('input[type="checkbox"][data-wn-row]')];

function refreshSelection(form) {
  const boxes = boxesOf(form);
  const chosen = boxes.filter((box) => box.checked).length;
  const all = form.querySelector("[data-wn-all]");
  if (all) {
    all.checked = chosen > 0 && chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  }
  for (const bar of form.querySelectorAll("[data-wn-bulkbar]")) bar.hidden = chosen === 0;
  for (const tools of form.querySelectorAll("[data-wn-unselected]")) tools.hidden = chosen > 0;
  for (const count of form.querySelectorAll("[data-wn-selected]")) count.textContent = String(chosen);
}

function refreshSelections() {
  for (const form of document.querySelectorAll(".wn-root [data-wn-selection]")) refreshSelection(form);
}

// A list that is fetched anew, narrowed or turned to another page, keeps the ticks of the rows that it still shows.
const ticked = new Set();
const rowOf = (box) => `${box.form?.action} ${box.value}`;

function keepTicks(form) {
  for (const box of boxesOf(form)) ticked[box.checked ? "add" : "delete"](rowOf(box));
}

function tickAgain() {
  for (const form of document.querySelectorAll(".wn-root [data-wn-selection]")) {
    for (const box of boxesOf(form)) box.checked ||= ticked.has(rowOf(box));
    refreshSelection(form);
  }
}

let lastBox = null;

function onTick(event) {
  const box = event.target;
  if (!(box instanceof HTMLInputElement) || !inside(box)) return;
  const form = box.closest("[data-wn-selection]");
  if (!form) return;
  if (box.matches("[data-wn-all]")) for (const each of boxesOf(form)) each.checked = box.checked;
  if (box.matches("[data-wn-row]")) lastBox = box;
  keepTicks(form);
  refreshSelection(form);
}

function onShiftClick(event) {
  const box = event.target;
  if (!event.shiftKey || !(box instanceof HTMLInputElement) || !box.matches("[data-wn-row]") || !lastBox) return;
  const boxes = boxesOf(box.closest("[data-wn-selection]") ?? document.body);
  const [from, to] = [boxes.indexOf(lastBox), boxes.indexOf(box)].sort((a, b) => a - b);
  if (from >= 0) for (const each of boxes.slice(from, to + 1)) each.checked = box.checked;
}

/* Times, copying --------------------------------------------------------------------------------------------------- */

const STEPS = [[60, 1, "s"], [3600, 60, "min"], [86400, 3600, "h"], [5184000, 86400, "d"]];

function relative(then, now) {
  const seconds = (now - then) / 1000;
  const distance = Math.abs(seconds);
  if (distance < 5) return "just now";
  const step = STEPS.find(([limit]) => distance < limit);
  if (!step) return null;
  const words = `${Math.floor(distance / step[1])} ${step[2]}`;
  return seconds > 0 ? `${words} ago` : `in ${words}`;
}

function refreshTimes() {
  const now = Date.now();
  for (const node of document.querySelectorAll(".wn-root time[data-wn-relative]")) {
    const words = relative(Date.parse(node.dateTime), now);
    if (words && node.textContent !== words) node.textContent = words;
  }
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast({ text: "Copied", seconds: 2 });
  } catch {
    toast({ text: "The browser refused to copy. Select the text and copy it by hand.", kind: "failed" });
  }
}

/* Events ----------------------------------------------------------------------------------------------------------- */

const ACTIONS = {
  "data-wn-theme-set": (node, value) => {
    setTheme(value);
    remember("wn-theme", value);
    press(document.querySelectorAll("[data-wn-theme-set]"), node);
  },
  "data-wn-density-set": (node, value) => {
    const page = root();
    if (page) page.dataset.wnDensity = value;
    remember("wn-density", value);
    press(document.querySelectorAll("[data-wn-density-set]"), node);
  },
  "data-wn-nav-toggle": toggleNav,
  "data-wn-open": (_node, value) => openDialog(value),
  "data-wn-close": (node) => node.closest("dialog")?.close(),
  "data-wn-copy": (_node, value) => copy(value),
  "data-wn-toast": (node, value) => toast({ text: value, kind: node.dataset.wnKind, note: node.dataset.wnNote }),
};

function onClick(event) {
  if (!(event.target instanceof Element) || !inside(event.target)) return;
  const off = event.target.closest('[aria-disabled="true"]');
  if (off) {
    event.preventDefault();
    event.stopPropagation();
    return;
  }
  for (const [attribute, act] of Object.entries(ACTIONS)) {
    const node = event.target.closest(`[${attribute}]`);
    if (node) act(node, node.getAttribute(attribute));
  }
}

/* A form is under way once: a second click sends nothing until the answer is there. */
function onSubmit(event) {
  const form = event.target;
  if (!inside(form) || form.method === "dialog") return;
  if (sending.has(form)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  sending.add(form);
  if (event.submitter) submitters.set(form, event.submitter);
  // Later: the browser must have collected the form, and others must have had their say.
  setTimeout(() => {
    if (event.defaultPrevented && !pending.has(form)) sending.delete(form);
    else setBusy(event.submitter, true);
    if (!event.defaultPrevented) setTimeout(() => release(form), NATIVE_LIMIT);
  });
}

const ARROWS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

function moveFocus(event) {
  const step = ARROWS[event.key];
  const group = event.target instanceof Element && event.target.closest(".wn-root .wn-menu, .wn-root [data-wn-toolbar]");
  if (!group || (!step && event.key !== "Home" && event.key !== "End") || event.target.matches("input, textarea, select")) return;
  const stops = [...group.querySelectorAll("a[href], button:not(:disabled)")];
  const here = stops.indexOf(document.activeElement);
  const next = event.key === "Home" ? 0 : event.key === "End" ? stops.length - 1 : (here + step + stops.length) % stops.length;
  event.preventDefault();
  stops[next]?.focus();
}

function onKey(event) {
  moveFocus(event);
  const page = root();
  if (event.defaultPrevented || !page || page.dataset.wnShortcuts === undefined) return;
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target instanceof Element && event.target.matches("input, textarea, select, [contenteditable]")) return;
  if (page.dataset.wnMode === "embedded" && !inside(document.activeElement)) return;
  if (event.key === "[") toggleNav();
  if (event.key === "/") {
    const quick = page.querySelector("[data-wn-quick]");
    if (!quick) return;
    event.preventDefault();
    quick.focus();
  }
}

function onMenuToggle(event) {
  if (event.newState === "open" && event.target.matches?.(".wn-menu")) event.target.querySelector("a[href], button")?.focus();
}

document.addEventListener("click", onShiftClick, true);
document.addEventListener("click", onClick);
document.addEventListener("submit", onSubmit, true);
document.addEventListener("change", onTick);
document.addEventListener("keydown", onKey);
document.addEventListener("toggle", onMenuToggle, true);
document.addEventListener("keyup", (event) => {
  const hint = document.querySelector("[data-wn-caps]");
  if (hint && event.getModifierState) hint.hidden = !event.getModifierState("CapsLock");
});
document.addEventListener("webnet:toast", (event) => toast(event.detail ?? {}));
document.addEventListener("webnet:close-dialog", closeDialogs);
window.addEventListener("pageshow", () => {
  sending.clear();
  for (const node of document.querySelectorAll(".wn-root [data-busy]")) setBusy(node, false);
});

wireHtmx();
followHostTheme();
openNewDialogs(document);
refreshSelections();
refreshTimes();
setInterval(refreshTimes, 30000);
document.querySelector('.wn-root form[method="post"] [data-wn-focus]')?.focus();
if (document.readyState === "complete") warnAboutHtmx();
else window.addEventListener("load", warnAboutHtmx);
