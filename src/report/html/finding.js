// One finding: a line to take in at a glance, and below it everything that is known. Text is only
// ever set as text, so that nothing in it can become part of the page.

const DISPOSITIONS = { block: "red", ticket: "amber", note: "blue", suppressed: "green", "not-affected": "green" };
const CHANGES = { added: "red", existing: "grey" };
const CHANGE_WORDS = { added: "added by this change", existing: "was there before" };
const EFFECTS = { loosened: "amber", proved: "blue", tightened: "green" };
const LEVELS = { critical: "red", high: "red", medium: "amber", low: "blue", unknown: "grey" };
const RESULTS = { refuted: "red", unknown: "amber", upheld: "green" };

function make(name, className, ...content) {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...content);
  return element;
}

function rating(finding) {
  return finding.score === null ? finding.level : `${finding.level} ${finding.score.toFixed(1)}`;
}

function summaryOf(finding) {
  const first = make("span", "line",
    make("span", `pill ${finding.would ? "grey" : DISPOSITIONS[finding.disposition]}`, finding.would ?? finding.disposition),
    make("span", "mono", finding.id));
  // Nobody rates a missing maintainer; the kind says it all.
  if (finding.level !== "unknown" || finding.kind === "vulnerability") {
    first.children[0].after(make("span", `pill ${LEVELS[finding.level]}`, rating(finding)));
  }
  if (finding.kind !== "vulnerability") first.append(make("span", "pill violet", finding.kind));
  if (finding.evidence.some((seen) => seen.result === "refuted")) first.append(make("span", "pill red", "claim refuted"));
  if (finding.change) first.append(make("span", `pill ${CHANGES[finding.change]}`, CHANGE_WORDS[finding.change]));
  if (finding.due) first.append(make("span", "pill amber", `due ${finding.due}`));
  const second = make("span", "line second",
    make("span", "mono name", `${finding.package} ${finding.version}`),
    make("span", "", finding.scope),
    make("span", "mono name", finding.places[0] ?? ""));
  return make("summary", "", first, make("span", "title", finding.title), second);
}

function frame(text) {
  const pre = make("pre");
  pre.tabIndex = 0;
  for (const line of text.trimEnd().split("\n")) {
    const kind = /^\s*-->/.test(line) ? "origin" : /^\s*\|\s*[\^-]/.test(line) ? "mark" : "";
    pre.append(make("span", kind, line), "\n");
  }
  return pre;
}

function claimed(claim) {
  const owner = claim.owner ? `${claim.owner}, ` : "";
  const until = claim.expires ? `, until ${claim.expires}` : "";
  return make("p", "", "Claimed: “", claim.reason, "” ", make("span", "mono", `(${owner}${claim.place}${until})`));
}

function evidence(seen) {
  const box = make("div", `evidence ${seen.result}`,
    make("p", "", make("span", `pill ${RESULTS[seen.result]}`, seen.result), " ", make("code", "", seen.claim), " ", seen.detail));
  if (seen.places.length > 0) {
    box.append(make("p", "", "seen at ", make("span", "mono", seen.places.join(", "))));
  }
  if (seen.help) box.append(make("p", "", make("strong", "", "Help: "), seen.help));
  return box;
}

function wayIn(finding, names) {
  const paths = finding.paths;
  if (paths.length === 0) return [make("p", "", "Nothing that the lockfile names as a project needs it.")];
  const said = paths.map((path) => path.map((node) => names[node].join(" ")).join(" › "));
  const more = finding.cut ? ", and there are more" : "";
  const drawing = make("div", "drawing", drawPaths(paths, names, `Dependency paths: ${said[0]}`));
  drawing.tabIndex = 0;
  const list = make("ol", "paths", ...said.map((path) => make("li", "", path)));
  const words = paths.length === 1 ? "1 path in words" : `${paths.length} paths in words`;
  const folded = make("details", "", make("summary", "", words + more), list);
  return [drawing, folded];
}

function facts(finding) {
  const list = make("dl", "facts");
  const add = (label, ...content) => list.append(make("dt", "", label), make("dd", "", ...content));
  add("why", finding.reason);
  add("found in", make("span", "mono", finding.places.join(", ")));
  if (finding.aliases.length > 0) add("also called", make("span", "mono", finding.aliases.join(", ")));
  if (finding.vector) add("vector", make("span", "mono", finding.vector));
  add("told by", finding.sources.join(", "));
  if (finding.link) {
    const link = make("a", "", finding.link);
    link.href = finding.link;
    link.rel = "noopener noreferrer";
    add("read more", link);
  }
  return list;
}

function bodyOf(finding, names) {
  const body = make("div", "body", make("h3", "", "Fix"), make("p", "mend", finding.fix));
  if (finding.claim || finding.evidence.length > 0) body.append(make("h3", "", "Claims and evidence"));
  if (finding.claim) body.append(claimed(finding.claim));
  body.append(...finding.evidence.map(evidence));
  body.append(make("h3", "", "How it gets in"), ...wayIn(finding, names));
  if (finding.frames.length > 0) body.append(make("h3", "", "Where"), ...finding.frames.map(frame));
  body.append(make("h3", "", "About it"), facts(finding));
  return body;
}

// What is folded is made when it is first opened: a thousand drawings at once would take seconds.
function cardOf(finding, names) {
  const details = make("details", "", summaryOf(finding));
  const fill = () => {
    if (details.childElementCount === 1) details.append(bodyOf(finding, names));
  };
  details.addEventListener("toggle", fill);
  const item = make("li", `card is-${finding.would ? "would" : finding.disposition}`, details);
  return { item, details, fill };
}
