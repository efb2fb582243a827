// The list: what is shown, in which order, and how much that is.

const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
const order = (word, words) => words.indexOf(word);
const compare = (left, right) => (left < right ? -1 : left > right ? 1 : 0);

const FACETS = [
  { key: "disposition", label: "Disposition", words: Object.keys(DISPOSITIONS) },
  { key: "change", label: "Change", words: Object.keys(CHANGES), labels: CHANGE_WORDS },
  { key: "level", label: "Severity", words: Object.keys(LEVELS) },
  { key: "ecosystem", label: "Ecosystem", words: ["crates.io", "npm"] },
];
const LEVEL_WORDS = Object.keys(LEVELS);
const SORTS = {
  gravity: (left, right) => left.position - right.position,
  score: (left, right) => order(left.level, LEVEL_WORDS) - order(right.level, LEVEL_WORDS)
    || (right.score ?? -1) - (left.score ?? -1),
  package: (left, right) => compare(left.package, right.package) || compare(left.version, right.version),
  advisory: (left, right) => compare(left.id, right.id),
  lockfile: (left, right) => compare(left.places[0] ?? "", right.places[0] ?? ""),
};

const entries = data.findings.map((finding, position) => {
  const ways = finding.paths.flat().map((node) => data.names[node][0]);
  const texts = [finding.id, ...finding.aliases, finding.package, finding.version, finding.title, finding.reason,
    finding.kind, finding.scope, ...finding.places, ...new Set(ways)];
  return { ...cardOf(finding, data.names), ...finding, position, text: texts.join("\n").toLowerCase() };
});

function chip(facet, word, number) {
  const box = make("input");
  box.type = "checkbox";
  box.name = facet.key;
  box.value = word;
  return make("label", "chip", box, make("span", "", facet.labels?.[word] ?? word), make("span", "number", grouped(number)));
}

function addChips() {
  for (const facet of FACETS) {
    const counts = new Map();
    for (const entry of entries) counts.set(entry[facet.key], (counts.get(entry[facet.key]) ?? 0) + 1);
    const words = facet.words.filter((word) => counts.has(word));
    if (words.length === 0) continue;
    byId("chips").append(make("fieldset", "", make("legend", "", facet.label),
      ...words.map((word) => chip(facet, word, counts.get(word)))));
  }
}

function chosen(key) {
  return new Set([...document.querySelectorAll(`input[name="${key}"]:checked`)].map((box) => box.value));
}

function update() {
  const wanted = FACETS.map((facet) => [facet.key, chosen(facet.key)]).filter(([, words]) => words.size > 0);
  const terms = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const entry of entries) {
    const fits = wanted.every(([key, words]) => words.has(entry[key])) && terms.every((term) => entry.text.includes(term));
    entry.item.hidden = !fits;
    shown += fits ? 1 : 0;
  }
  const isFiltered = wanted.length > 0 || terms.length > 0;
  byId("count").textContent = isFiltered ? `${grouped(shown)} of ${said(entries.length)}` : said(entries.length);
  byId("show-all").hidden = !isFiltered;
  byId("expand").hidden = shown === 0;
  byId("nothing").hidden = shown > 0;
  byId("nothing").textContent = isFiltered ? "No finding fits this choice." : "Nothing was found.";
}

function said(number) {
  return number === 1 ? "1 finding" : `${grouped(number)} findings`;
}

// As in the headline, whatever the language of the browser is.
function grouped(number) {
  return number.toLocaleString("en");
}

function sort() {
  const chosenSort = SORTS[byId("sort").value];
  entries.sort((left, right) => chosenSort(left, right) || left.position - right.position);
  byId("list").replaceChildren(...entries.map((entry) => entry.item));
}

function reset() {
  byId("filters").reset();
  sort();
  update();
  byId("search").focus();
}

// Opening many at once is bounded: every one of them holds a drawing.
function openAll() {
  for (const entry of entries.filter((one) => !one.item.hidden).slice(0, 100)) entry.details.open = true;
}

function addNotices() {
  for (const gap of data.gaps) {
    const help = gap.help ? [make("p", "", make("strong", "", "Help: "), gap.help)] : [];
    byId("gaps").append(make("div", "gap", make("p", "", make("code", "", gap.code), " ", gap.message), ...help));
  }
  byId("gaps").hidden = data.gaps.length === 0;
  byId("remarks").append(make("ul", "", ...data.remarks.map((remark) => make("li", "", remark))));
  byId("remarks").hidden = data.remarks.length === 0;
}

// What a change does beside what it adds.
function addChange() {
  const marked = (entry) => make("li", "", make("span", `pill ${EFFECTS[entry.effect]}`, entry.effect), " ", entry.text,
    entry.place ? make("span", "mono", ` (${entry.place})`) : "", `: ${entry.meaning}`);
  byId("policy").append(make("ul", "", ...data.policy.map(marked)));
  byId("policy").hidden = data.policy.length === 0;
  byId("fixed").append(make("ul", "", ...data.fixed.map((text) => make("li", "", text))));
  byId("fixed").hidden = data.fixed.length === 0;
}

function applyTheme(theme) {
  document.documentElement.dataset.theme = theme;
  byId("theme").textContent = theme === "dark" ? "Light theme" : "Dark theme";
}

function addTheme() {
  const system = matchMedia("(prefers-color-scheme: dark)");
  applyTheme(system.matches ? "dark" : "light");
  system.addEventListener("change", () => applyTheme(system.matches ? "dark" : "light"));
  byId("theme").addEventListener("click", () =>
    applyTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark"));
}

function addKeys() {
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.matches("input, select");
    if (event.key === "/" && !isTyping) {
      event.preventDefault();
      byId("search").focus();
    } else if (event.key === "Escape" && event.target === byId("search")) {
      reset();
    }
  });
}

// Cards out of sight are not laid out; with few of them that would only disturb printing.
byId("list").classList.toggle("many", entries.length > 200);
addTheme();
addNotices();
addChange();
addChips();
sort();
update();
addKeys();
byId("search").addEventListener("input", update);
byId("chips").addEventListener("change", update);
byId("sort").addEventListener("change", sort);
byId("show-all").addEventListener("click", reset);
byId("expand").addEventListener("click", openAll);
byId("filters").addEventListener("submit", (event) => event.preventDefault());
if (entries.length > 0 && entries[0].disposition === "block" && !entries[0].would) entries[0].details.open = true;
