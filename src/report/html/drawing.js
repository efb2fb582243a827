// How a package gets in, drawn from left to right: projects, what they need, and the package.

const SVG = "http://www.w3.org/2000/svg";
const BOX = { height: 42, gapX: 46, gapY: 14, margin: 8, letter: 7.9, letters: 28 };

function shape(name, attributes, parent) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  if (parent) parent.append(element);
  return element;
}

function cut(text) {
  const letters = [...text];
  return letters.length > BOX.letters ? letters.slice(0, BOX.letters - 1).join("") + "…" : text;
}

// A package stands right of everything that needs it. Paths through circles end at their own length.
function columnsOf(paths) {
  const column = new Map();
  const edges = new Map();
  for (const path of paths) {
    path.forEach((node, depth) => {
      column.set(node, Math.max(column.get(node) ?? 0, depth));
      if (depth > 0) edges.set(`${path[depth - 1]} ${node}`, [path[depth - 1], node]);
    });
  }
  const target = paths[0][paths[0].length - 1];
  for (let round = 0; round < column.size; round += 1) {
    let isSettled = true;
    for (const [from, to] of edges.values()) {
      if (column.get(to) <= column.get(from) && from !== to && column.get(from) < column.size) {
        column.set(to, column.get(from) + 1);
        isSettled = false;
      }
    }
    if (isSettled) break;
  }
  column.set(target, Math.max(...column.values()));
  const routes = [...edges.values()].filter(([from, to]) => from !== to).map(([from, to]) => routeOf(from, to, column));
  return { column, routes, target };
}

// A long edge takes a place in every column that it passes, so that it runs past boxes, not behind.
function routeOf(from, to, column) {
  const route = [from];
  for (let depth = column.get(from) + 1; depth < column.get(to); depth += 1) {
    const passing = `${from} ${to} ${depth}`;
    column.set(passing, depth);
    route.push(passing);
  }
  return [...route, to];
}

// Each package stands near the middle of those that need it, so that few lines cross.
function columnsInOrder(column, routes) {
  const columns = [];
  for (const [node, depth] of column) (columns[depth] ??= []).push(node);
  const row = new Map();
  const filled = columns.filter(Boolean);
  for (const nodes of filled) {
    const middle = new Map(nodes.map((node) => {
      const before = routes.flatMap((route) => route.filter((_, at) => route[at + 1] === node));
      const rows = before.map((needing) => row.get(needing) ?? 0);
      return [node, rows.reduce((sum, one) => sum + one, 0) / Math.max(1, rows.length)];
    }));
    nodes.sort((left, right) => middle.get(left) - middle.get(right));
    nodes.forEach((node, at) => row.set(node, at - nodes.length / 2));
  }
  return filled;
}

function placesOf(column, routes, names) {
  const filled = columnsInOrder(column, routes);
  const tallest = Math.max(...filled.map((nodes) => nodes.length));
  const height = tallest * (BOX.height + BOX.gapY) - BOX.gapY;
  const places = new Map();
  let x = BOX.margin;
  for (const nodes of filled) {
    const longest = Math.max(...nodes.flatMap((node) => (names[node] ?? [""]).map((part) => [...cut(part)].length)));
    const width = Math.max(70, longest * BOX.letter + 22);
    const own = nodes.length * (BOX.height + BOX.gapY) - BOX.gapY;
    nodes.forEach((node, row) => {
      const y = BOX.margin + (height - own) / 2 + row * (BOX.height + BOX.gapY);
      places.set(node, { x, y, width });
    });
    x += width + BOX.gapX;
  }
  return { places, width: x - BOX.gapX + BOX.margin, height: height + 2 * BOX.margin };
}

function drawRoute(svg, stops) {
  let x = stops[0].x + stops[0].width;
  let y = stops[0].y + BOX.height / 2;
  let line = `M${x},${y}`;
  stops.slice(1).forEach((stop, index) => {
    const isLast = index === stops.length - 2;
    const endX = isLast ? stop.x - 7 : stop.x;
    const endY = stop.y + BOX.height / 2;
    const bend = Math.max(18, (endX - x) / 2);
    line += ` C${x + bend},${y} ${endX - bend},${endY} ${endX},${endY}`;
    [x, y] = [isLast ? endX : stop.x + stop.width, endY];
    if (!isLast) line += ` L${x},${y}`;
  });
  shape("path", { class: "edge", d: line }, svg);
  shape("path", { class: "tip", d: `M${x},${y - 4.5} l7,4.5 l-7,4.5 z` }, svg);
}

function drawBox(svg, place, [name, version], role) {
  const group = shape("g", { class: role }, svg);
  shape("title", {}, group).textContent = `${name} ${version}`;
  shape("rect", { x: place.x, y: place.y, width: place.width, height: BOX.height, rx: 8 }, group);
  shape("text", { x: place.x + 11, y: place.y + 18 }, group).textContent = cut(name);
  shape("text", { class: "version", x: place.x + 11, y: place.y + 34 }, group).textContent = cut(version);
}

function drawPaths(paths, names, label) {
  const { column, routes, target } = columnsOf(paths);
  const { places, width, height } = placesOf(column, routes, names);
  const svg = shape("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label });
  for (const route of routes) drawRoute(svg, route.map((stop) => places.get(stop)));
  const roots = new Set(paths.map((path) => path[0]));
  for (const [node, place] of places) {
    if (!names[node]) continue;
    drawBox(svg, place, names[node], node === target ? "target" : roots.has(node) ? "root" : "");
  }
  return svg;
}
