// Shows one node's own account of itself. All text goes in as text, never as markup.
"use strict";

const SECONDS = 120;
const ROWS = 12;
const byId = id => document.getElementById(id);
const number = new Intl.NumberFormat();
const perSecond = new Map();
const labels = new Map();
const blocks = [];
const checkpoints = [];
let statusAnchors = [];
let peak = 0;

function set(id, text) {
  const element = byId(id);
  if (element.textContent !== String(text)) element.textContent = text;
}

function make(tag, text, className) {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (className) element.className = className;
  return element;
}

const short = hash => hash.length > 16 ? hash.slice(0, 10) + "…" : hash;
const milliseconds = value => value < 10 ? value.toFixed(1) + " ms" : Math.round(value) + " ms";
const megabytes = value => Math.round(value / 1048576) + " MB";
const clock = value => new Date(value).toLocaleTimeString();

function duration(seconds) {
  if (seconds < 60) return Math.floor(seconds) + " s";
  if (seconds < 3600) return Math.floor(seconds / 60) + " min";
  if (seconds < 172800) return Math.floor(seconds / 3600) + " h";
  return Math.floor(seconds / 86400) + " days";
}

function fill(id, rows, empty) {
  byId(id).replaceChildren(...(rows.length ? rows : [make("li", empty, "quiet")]));
}

function pair(name, value, valueClass) {
  const row = make("li");
  row.append(make("span", name, "name"), make("span", value, valueClass));
  return row;
}

function notice(text) {
  const element = byId("notice");
  element.hidden = !text;
  element.textContent = text || "";
}

function standing(member) {
  const presence = member.is_self ? "this node" : member.connected ? "connected" : "away";
  return presence + (member.conviction ? ", convicted" : "") + ", reputation " + number.format(member.reputation);
}

function convicted(member) {
  const conviction = member.conviction;
  const row = make("li");
  const link = make("a", "block " + number.format(conviction.height));
  link.href = "/v2/explain/evidence/" + conviction.evidence;
  const what = make("span", conviction.kind.replaceAll("_", " ") + " in view " + number.format(conviction.view) + ", ", "bad");
  what.append(link);
  row.append(make("span", labels.get(member.node_id) || short(member.node_id), "name"), what);
  return row;
}

function showStatus(status) {
  document.title = status.network + " · height " + status.height;
  set("network", status.network);
  set("node-id", short(status.node_id));
  byId("node-id").title = status.node_id;
  set("version", status.version);
  set("uptime", duration(status.uptime_seconds));
  set("ready", status.ready ? "ready" : "not ready");
  byId("ready").className = "badge " + (status.ready ? "good" : "bad");
  notice(status.ready ? "" : status.not_ready_reason);
  set("height", number.format(status.height));
  set("view", number.format(status.view));
  set("epoch", number.format(status.epoch));
  set("proofs", number.format(status.proofs_finalized));
  const [p50, p95, p99] = status.latency_milliseconds;
  set("latency", p50 > 0 ? milliseconds(p50) : "–");
  set("p95", p50 > 0 ? milliseconds(p95) : "–");
  set("p99", p50 > 0 ? milliseconds(p99) : "–");
  set("pending", number.format(status.pending));
  set("accepted", number.format(status.entries_accepted));
  set("checkpoint", number.format(status.checkpoint_height));
  set("key-state", status.group_key ? "group key " + short(status.group_key) : status.key_generation);
  set("peers", number.format(status.peers));
  set("memory", megabytes(status.resident_bytes));
  fill("committee", status.committee.map(member => pair(
    labels.get(member.node_id) || short(member.node_id),
    standing(member),
    (member.is_self || member.connected) && !member.conviction ? "good" : "bad")), "none");
  fill("evidence", status.committee.filter(member => member.conviction).map(convicted), status.evidence_pending
    ? "seen against " + number.format(status.evidence_pending) + ", not in a block yet"
    : "none: no member was seen to contradict itself");
  statusAnchors = status.anchors;
  fill("anchors", statusAnchors.slice(-ROWS).reverse().map(anchor => pair(
    "height " + number.format(anchor.height) + " on " + (anchor.chain === "journal" ? "the journal" : "chain " + anchor.chain),
    short(anchor.transaction) + (anchor.gas ? ", " + number.format(anchor.gas) + " gas" : ""), "mono")), "none yet");
  const refused = [
    ...Object.entries(status.refused),
    ...Object.entries(status.network_refusals).map(([name, count]) => ["network: " + name, count]),
    ...Object.entries(status.nullified_views).map(([name, count]) => ["view skipped: " + name, count]),
    ...Object.entries(status.nullified_details).map(([name, count]) => ["view skipped for: " + name, count]),
  ].filter(([, count]) => count > 0).sort((a, b) => b[1] - a[1]);
  fill("refused", refused.slice(0, ROWS).map(([name, count]) => pair(name, number.format(count))), "nothing");
}

function showBlock(block) {
  const second = Math.floor(Date.now() / 1000);
  perSecond.set(second, (perSecond.get(second) || 0) + block.proofs_counted);
  set("height", number.format(block.height));
  blocks.unshift(block);
  blocks.length = Math.min(blocks.length, ROWS);
}

function drawBlocks() {
  if (!blocks.length) return;
  byId("blocks").replaceChildren(...blocks.map(block => {
    const row = make("tr");
    const hash = make("td");
    const link = make("a", short(block.hash), "mono");
    link.href = "/v2/blocks/" + block.height;
    hash.append(link);
    row.append(
      make("td", number.format(block.height)), make("td", clock(block.timestamp)), make("td", labels.get(block.proposer) || short(block.proposer)),
      make("td", number.format(block.entries), "number"), make("td", number.format(block.proofs_counted), "number"), hash);
    return row;
  }));
}

function drawChart() {
  const now = Math.floor(Date.now() / 1000);
  const counts = [];
  for (let second = now - SECONDS; second < now; second++) counts.push(perSecond.get(second) || 0);
  for (const second of perSecond.keys()) if (second < now - SECONDS) perSecond.delete(second);
  const top = Math.max(1, ...counts);
  peak = Math.max(...counts);
  const points = counts.map((count, i) => (i * 600 / (SECONDS - 1)).toFixed(1) + "," + (105 - count * 100 / top).toFixed(1));
  const svg = name => document.createElementNS("http://www.w3.org/2000/svg", name);
  const area = svg("polygon");
  area.setAttribute("class", "area");
  area.setAttribute("points", "0,105 " + points.join(" ") + " 600,105");
  const line = svg("polyline");
  line.setAttribute("class", "line");
  line.setAttribute("points", points.join(" "));
  byId("chart").replaceChildren(area, line);
  const recent = counts.slice(-10);
  set("rate", number.format(Math.round(recent.reduce((sum, count) => sum + count, 0) / recent.length)));
  set("peak", number.format(peak));
}

async function refresh() {
  try {
    const reply = await fetch("/v2/status", { headers: { Accept: "application/json" } });
    if (!reply.ok) throw new Error("status " + reply.status);
    showStatus(await reply.json());
  } catch {
    set("ready", "no answer");
    byId("ready").className = "badge bad";
    notice("The node does not answer. Trying again.");
  }
}

async function start() {
  try {
    const reply = await fetch("/v2/nodes");
    for (const node of (await reply.json()).nodes) if (node.label) labels.set(node.node_id, node.label);
  } catch {
    // Names are a comfort; ids are shown instead.
  }
  await refresh();
  drawChart();
  setInterval(refresh, 2000);
  setInterval(() => { drawChart(); drawBlocks(); }, 1000);
  const events = new EventSource("/v2/events");
  events.addEventListener("block", event => showBlock(JSON.parse(event.data)));
  events.addEventListener("checkpoint", event => {
    const checkpoint = JSON.parse(event.data);
    checkpoints.unshift(pair("height " + number.format(checkpoint.height), short(checkpoint.signature), "mono"));
    checkpoints.length = Math.min(checkpoints.length, ROWS);
    fill("checkpoints", checkpoints, "");
  });
  events.addEventListener("anchor", refresh);
}

start();
