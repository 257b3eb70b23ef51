// Reads one ITF trace of simplex.qnt from standard input and writes what the replay needs, a step a line: node compact.mjs < run.itf.json
import { readFileSync } from "node:fs";

const read = (value) => {
  if (Array.isArray(value)) return value.map(read);
  if (value && typeof value === "object") {
    if ("#bigint" in value) return Number(value["#bigint"]);
    if ("#set" in value) return value["#set"].map(read);
    if ("#tup" in value) return value["#tup"].map(read);
    if ("#map" in value) return value["#map"].map(read);
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, read(part)]));
  }
  return value;
};

const trace = JSON.parse(readFileSync(0, "utf8"));
const last = (name) => name.split("::").pop();
const states = trace.states.map((state) => Object.fromEntries(Object.entries(state).filter(([key]) => key !== "#meta").map(([key, value]) => [last(key), read(value)])));
const said = (s) => (s.kind === "nullify" ? `nullify ${s.view}` : `${s.kind} ${s.block}`);
const order = (list) => list.map(said).sort();

const steps = states.filter((state) => state.did.input !== "lie").map((state) => {
  const { input, member, vote, good } = state.did;
  const step = { input, member, by: vote.by, said: said(vote.said), good };
  if (input === "certificate") step.signers = state.net.filter((v) => said(v.said) === step.said).map((v) => v.by).sort();
  const local = state.locals.find(([who]) => who === member)?.[1];
  if (local) {
    step.becomes = {
      view: local.view, finalized: local.finalized, signed: order(local.signed), certificates: order(local.certificates),
      verifying: local.verifying.sort(), pending: local.pending.sort(), buildOn: local.buildOn.filter(([, block]) => block >= 0), halted: local.halted,
    };
  }
  return step;
});
const parents = Object.fromEntries(states.at(-1).parents.map(([block, parent]) => [block, parent]));
console.log(`{"parents":${JSON.stringify(parents)},"steps":[`);
console.log(steps.map((step) => JSON.stringify(step)).join(",\n"));
console.log("]}");
