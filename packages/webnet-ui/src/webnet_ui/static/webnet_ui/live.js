/* Live pages: numbered events of a topic, each delivered once and in order, by WebSocket or by polling; and the elements
   that show them. Data becomes text and attributes, never markup. */

const POLL_EVERY = 2000;
const QUIET_AFTER = 15000;
const BACKOFF_LIMIT = 30000;
const FULL_BATCH = 50;
const ROUNDS = 2000;
const ENDED = new Set(["success", "partial", "failed", "cancelled", "interrupted"]);

/* One socket for all topics of a page. It reconnects for ever, slower and slower; meanwhile the feeds poll. */
class LiveSocket {
  static #open = new Map();

  static at(url) {
    const address = new URL(url, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    if (!this.#open.has(address.href)) this.#open.set(address.href, new LiveSocket(address.href));
    return this.#open.get(address.href);
  }

  #feeds = new Map();
  #socket = null;
  #failures = 0;
  #timer = 0;

  constructor(url) {
    this.url = url;
  }

  join(feed) {
    this.#feeds.set(feed.topic, feed);
    if (this.#socket?.readyState === WebSocket.OPEN) this.#subscribe(feed);
    else if (!this.#socket && !this.#timer) this.#connect();
  }

  leave(feed) {
    if (this.#feeds.get(feed.topic) !== feed) return;
    this.#feeds.delete(feed.topic);
    if (this.#feeds.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#socket?.close();
    this.#socket = null;
  }

  #subscribe(feed) {
    this.#socket.send(JSON.stringify({ subscribe: feed.topic, after: feed.last }));
    feed.onSocket(true);
  }

  #connect() {
    this.#timer = 0;
    const socket = new WebSocket(this.url);
    this.#socket = socket;
    socket.addEventListener("open", () => {
      this.#failures = 0;
      for (const feed of this.#feeds.values()) this.#subscribe(feed);
    });
    socket.addEventListener("message", (event) => this.#deliver(event.data));
    socket.addEventListener("close", () => { if (this.#socket === socket) this.#lost(); });
  }

  #deliver(text) {
    let message;
    try {
      message = JSON.parse(text);
    } catch {
      return;
    }
    if (message.topic) this.#feeds.get(message.topic)?.onMessage(message);
    else if (message.type === "error" || message.type === "closed") for (const feed of this.#feeds.values()) feed.onRefused(message);
  }

  #lost() {
    this.#socket = null;
    for (const feed of this.#feeds.values()) feed.onSocket(false);
    if (this.#feeds.size === 0) return;
    this.#failures += 1;
    const wait = Math.min(1000 * 2 ** (this.#failures - 1), BACKOFF_LIMIT);
    this.#timer = setTimeout(() => this.#connect(), wait * (0.75 + Math.random() / 2));
  }
}

/* The events of one topic after number `last`. Emits "events" with a list, "state" with a word. */
export class LiveFeed extends EventTarget {
  #socket = null;
  #poll = 0;
  #watch = 0;
  #reading = null;
  #heard = Date.now();
  #onVisible = () => { if (!document.hidden) this.catchUp(); };

  constructor({ topic, eventsUrl, wsUrl = "", after = 0, finished = false }) {
    super();
    Object.assign(this, { topic, eventsUrl, wsUrl, last: after, state: finished ? "finished" : "connecting" });
  }

  start() {
    if (this.state === "finished") {
      this.#say("finished");
      return;
    }
    document.addEventListener("visibilitychange", this.#onVisible);
    this.#watch = setInterval(() => this.#checkQuiet(), QUIET_AFTER / 3);
    if (this.wsUrl && "WebSocket" in window) {
      this.#socket = LiveSocket.at(this.wsUrl);
      this.#socket.join(this);
    }
    this.#startPolling();
  }

  stop() {
    this.#socket?.leave(this);
    this.#socket = null;
    this.#stopPolling();
    clearInterval(this.#watch);
    document.removeEventListener("visibilitychange", this.#onVisible);
  }

  onSocket(open) {
    if (this.state === "finished" || this.state === "closed") return;
    if (open) {
      this.#stopPolling();
      this.#heard = Date.now();
      this.#say("live");
    } else {
      this.#say("reconnecting");
      this.#startPolling();
    }
  }

  onMessage(message) {
    this.#heard = Date.now();
    if (message.type === "error" || message.type === "closed") this.onRefused(message);
    else this.#take(message);
  }

  /* The socket will not serve this topic: polling decides whether it is over, refused or merely elsewhere. */
  onRefused() {
    this.#socket?.leave(this);
    this.#socket = null;
    if (this.state !== "finished") this.#startPolling();
  }

  /* Read what is stored after `last`, until there is no more. One reader at a time. */
  catchUp() {
    this.#reading ??= this.#read().finally(() => { this.#reading = null; });
    return this.#reading;
  }

  #take({ first, last, events }) {
    if (last <= this.last) return;
    if (!events?.length || first > this.last + 1) {
      this.catchUp();
      return;
    }
    this.#emit(events, last);
  }

  #emit(events, last) {
    const fresh = events.filter((event) => event.seq > this.last);
    this.last = Math.max(this.last, last ?? 0, fresh.at(-1)?.seq ?? 0);
    if (fresh.length === 0) return;
    this.dispatchEvent(new CustomEvent("events", { detail: fresh }));
    if (fresh.some((event) => event.kind === "job" && ENDED.has(event.data?.status))) queueMicrotask(() => this.catchUp());
  }

  async #read() {
    for (let round = 0; round < ROUNDS; round += 1) {
      const answer = await this.#fetch();
      if (!answer) return;
      this.#heard = Date.now();
      const count = answer.events?.length ?? 0;
      if (count > 0) this.#emit(answer.events);
      if (answer.finished && count === 0) {
        this.#end("finished");
        return;
      }
      if (!answer.finished && count < FULL_BATCH) return;
    }
  }

  async #fetch() {
    const url = new URL(this.eventsUrl, location.href);
    url.searchParams.set("after", String(this.last));
    try {
      const response = await fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin", cache: "no-store" });
      if ([401, 403, 404, 410].includes(response.status)) this.#end("closed");
      if (!response.ok) return null;
      const answer = await response.json();
      if (this.#poll) this.#say("polling");
      return answer;
    } catch {
      if (this.#poll) this.#say("reconnecting");
      return null;
    }
  }

  #startPolling() {
    if (this.#poll) return;
    this.#poll = setInterval(() => { if (!document.hidden) this.catchUp(); }, POLL_EVERY);
    this.catchUp();
  }

  #stopPolling() {
    clearInterval(this.#poll);
    this.#poll = 0;
  }

  #checkQuiet() {
    // A socket can die without saying so; the store knows.
    if (this.state === "live" && !document.hidden && Date.now() - this.#heard > QUIET_AFTER) this.catchUp();
  }

  #end(state) {
    this.stop();
    this.#say(state);
  }

  #say(state) {
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: state }));
  }
}

/* Elements --------------------------------------------------------------------------------------------------------- */

const STATE_WORDS = { connecting: "Connecting", live: "Live", polling: "Polling", reconnecting: "Reconnecting", finished: "Finished", closed: "No longer available" };
const ANNOUNCE_EVERY = 5000;

function formatDuration(milliseconds) {
  if (milliseconds === null || milliseconds === undefined) return "";
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const two = (number) => String(number).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${two(whole % 60)}s`;
  return `${Math.floor(whole / 3600)}h ${two(Math.floor((whole % 3600) / 60))}m`;
}

const timeOf = (stamp) => (typeof stamp === "number" ? new Date(stamp < 1e11 ? stamp * 1000 : stamp) : new Date(stamp));

/* Parts of a live region hear of new events through their wn-live ancestor. */
class LivePart extends HTMLElement {
  #live = null;
  #listener = (event) => this.show(event.detail.events);

  connectedCallback() {
    this.#live = this.closest("wn-live");
    this.#live?.addEventListener("webnet:events", this.#listener);
    this.prepare();
  }

  disconnectedCallback() {
    this.#live?.removeEventListener("webnet:events", this.#listener);
  }

  prepare() {}
}

class HostGrid extends LivePart {
  #looks = {};
  #ticker = 0;

  prepare() {
    this.#looks = JSON.parse(this.dataset.looks || "{}");
    const tiles = this.#tiles();
    tiles.forEach((tile, index) => { tile.tabIndex = index === 0 ? 0 : -1; });
    this.addEventListener("keydown", (event) => this.#move(event));
    this.addEventListener("focusin", (event) => this.#rove(event.target));
    this.#ticker = setInterval(() => this.#tick(), 1000);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.#ticker);
  }

  show(events) {
    for (const event of events) if (event.kind === "host" && event.data) this.#patch(event);
    const counts = {};
    for (const tile of this.#tiles()) counts[tile.dataset.state] = (counts[tile.dataset.state] ?? 0) + 1;
    for (const bar of this.closest("wn-live")?.querySelectorAll("wn-progress") ?? []) bar.draw?.(counts);
  }

  #tiles() {
    return [...this.querySelectorAll(".wn-tile")];
  }

  #patch({ data, ts, device_id: device }) {
    const tile = this.querySelector(`#wn-host-${CSS.escape(String(data.device_id ?? device))}`);
    const look = this.#looks[data.status];
    if (!tile || !look) return;
    tile.dataset.status = look.key;
    tile.dataset.state = data.status;
    const icon = tile.querySelector(".wn-icon");
    const spins = look.key === "running";
    icon.toggleAttribute("data-spin", spins);
    icon.firstElementChild.setAttribute("href", `${this.closest(".wn-root").dataset.wnSprite}#${look.icon}`);
    tile.querySelector("[data-wn-word]").textContent = `, ${look.word}`;
    tile.querySelector("[data-wn-time]").textContent = formatDuration(data.elapsed_ms);
    tile.querySelector("[data-wn-note]").textContent = data.error ? String(data.error).replaceAll("_", " ") : (data.driver ?? "");
    if (spins) tile.dataset.since = String(timeOf(ts).getTime());
    else delete tile.dataset.since;
  }

  #tick() {
    for (const tile of this.querySelectorAll(".wn-tile[data-since]")) {
      const seconds = Math.max(0, Math.round((Date.now() - Number(tile.dataset.since)) / 1000));
      if (seconds > 0) tile.querySelector("[data-wn-time]").textContent = seconds < 10 ? `${seconds} s` : formatDuration(seconds * 1000);
    }
  }

  #rove(target) {
    const tile = target.closest(".wn-tile");
    if (tile) for (const each of this.#tiles()) each.tabIndex = each === tile ? 0 : -1;
  }

  #move(event) {
    const tiles = this.#tiles();
    const here = tiles.indexOf(document.activeElement);
    if (here < 0) return;
    const columns = tiles.filter((tile) => tile.offsetTop === tiles[0].offsetTop).length;
    const next = { ArrowRight: here + 1, ArrowLeft: here - 1, ArrowDown: here + columns, ArrowUp: here - columns, Home: 0, End: tiles.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    tiles[Math.max(0, Math.min(tiles.length - 1, next))].focus();
  }
}

class ProgressBar extends LivePart {
  /* Told by the grid, which knows every host; the job's own counts stand where there is no grid. */
  show(events) {
    const latest = events.findLast((event) => event.kind === "job" && event.data?.counts);
    if (latest && !this.closest("wn-live")?.querySelector("wn-host-grid")) this.draw(latest.data.counts);
  }

  draw(counts) {
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
    let position = 0;
    const words = [];
    for (const bar of this.querySelectorAll("rect[data-state]")) {
      const count = counts[bar.dataset.state] ?? 0;
      const width = total ? (1000 * count) / total : 0;
      bar.setAttribute("x", position.toFixed(2));
      bar.setAttribute("width", width.toFixed(2));
      position += width;
      if (count) words.push(`${count} ${bar.dataset.state}`);
    }
    this.querySelector("svg")?.setAttribute("aria-label", `${words.join(", ") || "no hosts"} of ${total}`);
    for (const item of this.querySelectorAll(".wn-progress-item")) {
      const count = counts[item.dataset.state] ?? 0;
      item.toggleAttribute("data-zero", count === 0);
      item.querySelector("[data-wn-count]").textContent = String(count);
    }
  }
}

const MOST_LINES = 2000;
const LEVELS = ["debug", "info", "warning", "error"];
const LEVEL_STATUS = { error: "failed", warning: "changed" };
const NEAR_END = 24;

class LogView extends LivePart {
  #lines = null;
  #waiting = [];
  #drawing = 0;
  #follow = true;
  #wanted = { text: "", level: 1 };
  #clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

  prepare() {
    this.#lines = this.querySelector(".wn-log-lines");
    this.#lines.addEventListener("scroll", () => this.#setFollow(this.#atEnd()), { passive: true });
    this.querySelector("[data-wn-log-filter]")?.addEventListener("input", (event) => this.#want({ text: event.target.value.toLowerCase() }));
    this.querySelector("[data-wn-log-level]")?.addEventListener("change", (event) => this.#want({ level: LEVELS.indexOf(event.target.value) }));
    this.querySelector("[data-wn-log-follow]")?.addEventListener("click", () => this.#setFollow(!this.#follow, true));
    this.querySelector("[data-wn-log-wrap]")?.addEventListener("click", (event) => this.#toggleWrap(event.currentTarget));
    this.querySelector("[data-wn-log-copy]")?.addEventListener("click", () => this.#copy());
    for (const node of this.#lines.querySelectorAll(".wn-log-time")) node.textContent = this.#clock.format(timeOf(node.dateTime));
    this.#toEnd();
  }

  show(events) {
    const worded = events.filter((event) => event.message);
    if (worded.length === 0) return;
    this.#waiting.push(...worded);
    if (this.#waiting.length > MOST_LINES) this.#waiting.splice(0, this.#waiting.length - MOST_LINES);
    // A timer besides the frame: hidden tabs draw no frames.
    this.#drawing ||= document.hidden ? setTimeout(() => this.#draw(), 250) : requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.#drawing = 0;
    const batch = document.createDocumentFragment();
    for (const event of this.#waiting.splice(0)) batch.append(this.#line(event));
    this.#lines.append(batch);
    const surplus = this.#lines.childElementCount - MOST_LINES;
    for (let index = 0; index < surplus; index += 1) this.#lines.firstElementChild.remove();
    if (this.#follow) this.#toEnd();
  }

  #line(event) {
    const line = document.createElement("div");
    line.className = "wn-log-line";
    line.dataset.seq = String(event.seq);
    line.dataset.level = event.level ?? "info";
    if (LEVEL_STATUS[event.level]) line.dataset.status = LEVEL_STATUS[event.level];
    const when = timeOf(event.ts);
    const time = document.createElement("time");
    time.className = "wn-log-time";
    time.textContent = Number.isNaN(when.getTime()) ? "" : this.#clock.format(when);
    const host = document.createElement("span");
    host.className = "wn-log-host";
    host.textContent = event.host ?? "";
    const text = document.createElement("span");
    text.className = "wn-log-text";
    text.textContent = event.message;
    line.append(time, host, text);
    line.hidden = !this.#matches(line);
    return line;
  }

  #matches(line) {
    const level = LEVELS.indexOf(line.dataset.level);
    return (level < 0 || level >= this.#wanted.level) && (!this.#wanted.text || line.textContent.toLowerCase().includes(this.#wanted.text));
  }

  #want(change) {
    Object.assign(this.#wanted, change);
    for (const line of this.#lines.children) line.hidden = !this.#matches(line);
    if (this.#follow) this.#toEnd();
  }

  #atEnd() {
    return this.#lines.scrollHeight - this.#lines.scrollTop - this.#lines.clientHeight < NEAR_END;
  }

  #toEnd() {
    this.#lines.scrollTop = this.#lines.scrollHeight;
  }

  #setFollow(follow, jump = false) {
    this.#follow = follow;
    this.querySelector("[data-wn-log-follow]")?.setAttribute("aria-pressed", String(follow));
    if (follow && jump) this.#toEnd();
  }

  #toggleWrap(button) {
    const wrap = this.toggleAttribute("data-nowrap") === false;
    button.setAttribute("aria-pressed", String(wrap));
  }

  #copy() {
    const shown = [...this.#lines.children].filter((line) => !line.hidden);
    const text = shown.map((line) => [...line.children].map((part) => part.textContent).join("\t")).join("\n");
    navigator.clipboard?.writeText(text).then(() => say({ text: `Copied ${shown.length} lines`, seconds: 2 }));
  }
}

const say = (detail) => document.dispatchEvent(new CustomEvent("webnet:toast", { detail }));

class LiveRegion extends HTMLElement {
  #feed = null;
  #announced = 0;

  connectedCallback() {
    const { topic, eventsUrl, wsUrl, after, finished } = this.dataset;
    this.#feed = new LiveFeed({ topic, eventsUrl, wsUrl, after: Number(after) || 0, finished: finished !== undefined });
    this.#feed.addEventListener("events", (event) => this.#onEvents(event.detail));
    this.#feed.addEventListener("state", (event) => this.#onState(event.detail));
    this.#feed.start();
  }

  disconnectedCallback() {
    this.#feed?.stop();
  }

  get last() {
    return this.#feed?.last ?? 0;
  }

  #onEvents(events) {
    this.dataset.after = String(this.#feed.last);
    this.dispatchEvent(new CustomEvent("webnet:events", { detail: { events } }));
    const job = events.findLast((event) => event.kind === "job" && event.data?.status);
    if (job) this.#onJob(job.data);
  }

  #onJob(data) {
    if (data.status !== this.dataset.status) {
      this.dataset.status = data.status;
      this.dispatchEvent(new CustomEvent("webnet:status", { bubbles: true, detail: data }));
    }
    const ended = ENDED.has(data.status);
    if (data.counts && (ended || Date.now() - this.#announced > ANNOUNCE_EVERY)) this.#announce(data, ended);
  }

  #announce({ status, counts }, ended) {
    this.#announced = Date.now();
    const words = Object.entries(counts).filter(([, count]) => count > 0).map(([state, count]) => `${count} ${state}`);
    const node = this.querySelector("[data-wn-announce]");
    if (node) node.textContent = `${ended ? `Job ${status}` : "Job running"}: ${words.join(", ")}`;
    if (ended) document.title = `${status} · ${document.title}`;
  }

  #onState(state) {
    for (const node of this.querySelectorAll("[data-wn-live-state]")) {
      node.dataset.state = state;
      node.textContent = STATE_WORDS[state] ?? state;
    }
    this.dataset.state = state;
    if (state === "finished") this.dispatchEvent(new CustomEvent("webnet:finished", { bubbles: true }));
  }
}

// The region last: its parts must be listening when the first events come.
customElements.define("wn-host-grid", HostGrid);
customElements.define("wn-progress", ProgressBar);
customElements.define("wn-log", LogView);
customElements.define("wn-live", LiveRegion);
