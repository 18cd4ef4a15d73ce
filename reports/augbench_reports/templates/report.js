// Sort, filter, pin and point at rows. The page is complete without it: nothing here adds a fact.
"use strict";
(() => {
  const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));
  const label = (row) => row.cells[0].firstChild.textContent;
  const isWords = (cell) => cell.cellIndex === 0 || cell.classList.contains("words");
  const hash = () => location.hash.slice(1).split("&").filter(Boolean);
  const [bar, tip] = [document.querySelector(".bar"), document.querySelector(".tip")];
  const [search, told, reset, theme] = ["input", "output", ".reset", ".theme"].map((part) => bar.querySelector(part));

  // What the reader has chosen; the address holds it, so that a view can be sent.
  const view = { find: "", pins: new Set(), sorts: new Map() };

  // Every table with its rows as the report orders them.
  const tables = all("main table").map((table) => ({ table, body: table.tBodies[0], rows: Array.from(table.tBodies[0].rows) }));

  // What the filter reads, by name of the row: the same in all tables.
  const words = new Map(all("tr[data-row]").map((row) => [row.dataset.row, `${label(row)}\n${row.dataset.row}`.toLowerCase()]));

  function show() {
    const wanted = view.find.trim().toLowerCase();
    const shown = new Set([...words.keys()].filter((name) => view.pins.has(name) || words.get(name).includes(wanted)));
    const focused = document.activeElement;
    for (const each of tables) arrange(each, shown);
    for (const mark of all("svg [data-row]")) {
      const name = mark.dataset.row;
      mark.classList.toggle("pinned", view.pins.has(name));
      mark.classList.toggle("faded", view.pins.size ? !view.pins.has(name) : words.has(name) && !shown.has(name));
    }
    // A row that moves takes the focus away from its button.
    if (focused !== document.activeElement) focused.focus({ preventScroll: true });
    told.textContent = `${shown.size.toLocaleString("en")} of ${words.size.toLocaleString("en")} rows shown` + (view.pins.size ? `, ${view.pins.size} pinned` : "");
    reset.hidden = !(view.find || view.pins.size || view.sorts.size);
    remember();
  }

  function arrange({ table, body, rows }, shown) {
    const sort = view.sorts.get(table.id);
    const pinned = (row) => view.pins.has(row.dataset.row);
    const sorted = sort ? inOrder(rows, sort) : rows;
    const wanted = [...sorted.filter(pinned), ...sorted.filter((row) => !pinned(row))];
    if (wanted.some((row, place) => row !== body.rows[place])) body.append(...wanted);
    for (const row of rows.filter((each) => each.dataset.row)) {
      row.hidden = !shown.has(row.dataset.row);
      row.classList.toggle("pinned", pinned(row));
      row.querySelector(".pin")?.setAttribute("aria-pressed", pinned(row));
    }
    const pins = all(".pin", body);
    const reached = pins.filter((pin) => !pin.closest("[hidden]"));
    const stop = reached.find((pin) => pin.tabIndex === 0) ?? reached[0];
    for (const pin of pins) pin.tabIndex = pin === stop ? 0 : -1;
    for (const heading of table.tHead.rows[0].cells) {
      heading.removeAttribute("aria-sort");
      if (heading.cellIndex === sort?.column) heading.setAttribute("aria-sort", sort.falling ? "descending" : "ascending");
    }
  }

  // Equal cells stay in the report's order; those without a number come last, whichever way.
  function inOrder(rows, { column, falling }) {
    const [way, spelt] = [falling ? -1 : 1, isWords(rows[0].cells[column])];
    const keys = new Map(rows.map((row) => [row, spelt ? row.cells[column].textContent : number(row.cells[column])]));
    const byWord = (a, b) => way * a.localeCompare(b, "en", { numeric: true });
    const byNumber = (a, b) => Number.isNaN(a) - Number.isNaN(b) || way * (a - b) || 0;
    return rows.toSorted((one, other) => (spelt ? byWord : byNumber)(keys.get(one), keys.get(other)));
  }

  function number(cell) {
    const text = cell.dataset.order ?? cell.firstChild?.textContent ?? "";
    const found = /[-+]?\d*\.?\d+(e[-+]?\d+)?/.exec(text.replaceAll(",", "").replaceAll("−", "-"));
    return found ? Number(found[0]) : NaN;
  }

  // An address ends in #section&find=mixup&pin=ours&sort=scores,2,descending; each part may be missing.
  function remember() {
    const said = new URLSearchParams(view.find ? { find: view.find } : {});
    for (const name of view.pins) said.append("pin", name);
    for (const [id, { column, falling }] of view.sorts) said.append("sort", [id, column, falling ? "descending" : "ascending"]);
    const parts = [...hash().slice(0, 1).filter((part) => !part.includes("=")), ...(said.size ? [said] : [])];
    history.replaceState(null, "", parts.length ? `#${parts.join("&")}` : location.href.split("#")[0]);
  }

  // What an address says is only ever compared with what the page holds.
  function recall() {
    const said = new URLSearchParams(hash().filter((part) => part.includes("=")).join("&"));
    if (said.size) {
      view.find = search.value = said.get("find") ?? "";
      view.pins = new Set(said.getAll("pin").filter((name) => words.has(name)));
      view.sorts = new Map(said.getAll("sort").map((text) => sortOf(...text.split(","))).filter(Boolean));
    }
    show();
    if (said.size) document.getElementById(hash()[0])?.scrollIntoView();
  }

  function sortOf(id, column, way) {
    const known = tables.some(({ table }) => table.id === id && table.classList.contains("sortable") && table.tHead.rows[0].cells[Number(column)]);
    return known && [id, { column: Number(column), falling: way === "descending" }];
  }

  function dressTable(table) {
    if (table.classList.contains("sortable")) all("thead th", table).forEach((heading) => dressHeading(table, heading));
    rove(all("tbody tr[data-row]", table).map(pinFor), table.tBodies[0]);
    if (navigator.clipboard && table.rows.length > 1) table.parentElement.after(copyFor(table));
  }

  function dressHeading({ id }, heading) {
    const [text, ...notes] = heading.childNodes;
    heading.append(button("sort", text, document.createElement("i"), ...notes));
    heading.firstChild.addEventListener("click", () => {
      const [column, sort] = [heading.cellIndex, view.sorts.get(id)];
      // Numbers fall first, words rise; a second click turns them round, a third brings the report's order back.
      const falling = !isWords(heading);
      if (sort?.column !== column) view.sorts.set(id, { column, falling });
      else if (sort.falling === falling) view.sorts.set(id, { column, falling: !falling });
      else view.sorts.delete(id);
      show();
    });
  }

  function pinFor(row) {
    const [pin, name] = [button("pin"), row.dataset.row];
    pin.setAttribute("aria-label", `Pin ${label(row)}`);
    pin.setAttribute("aria-pressed", view.pins.has(name));
    pin.addEventListener("click", () => {
      if (!view.pins.delete(name)) view.pins.add(name);
      show();
    });
    row.cells[0].append(pin);
    return pin;
  }

  function copyFor(table) {
    const copy = button("copy", "Copy as Markdown");
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(markdown(table));
      copy.textContent = "Copied";
      setTimeout(() => (copy.textContent = "Copy as Markdown"), 2000);
    });
    return copy;
  }

  function markdown(table) {
    const cell = ({ childNodes: [first, ...others] }) => [first, ...others.filter((each) => each.nodeName === "SMALL")];
    const text = (each) => cell(each.querySelector(".sort") ?? each).map((node) => node.textContent).filter(Boolean).join("; ");
    const line = (texts) => `| ${texts.join(" | ")} |`;
    const rows = Array.from(table.rows).filter((row) => !row.hidden).map((row) => Array.from(row.cells));
    const lines = rows.map((cells) => line(cells.map((each) => text(each).replaceAll(/[\\|<>&`*_[\]$~#]/g, "\\$&"))));
    return [lines[0], line(rows[0].map((each) => (isWords(each) ? "---" : "---:"))), ...lines.slice(1)].join("\n");
  }

  function button(name, ...inside) {
    const made = Object.assign(document.createElement("button"), { type: "button", className: name });
    made.append(...inside);
    return made;
  }

  // One stop of the Tab key for many things of a kind; the arrows go on from there.
  function rove(things, within) {
    things.forEach((thing, place) => thing.setAttribute("tabindex", place ? -1 : 0));
    within.addEventListener("keydown", (event) => {
      const ordered = all("[tabindex]", within).filter((thing) => thing.checkVisibility());
      const place = ordered.indexOf(event.target);
      const places = { ArrowDown: place + 1, ArrowRight: place + 1, ArrowUp: place - 1, ArrowLeft: place - 1, Home: 0, End: ordered.length - 1 };
      const next = place < 0 ? undefined : ordered[places[event.key]];
      if (!next) return;
      event.preventDefault();
      event.target.setAttribute("tabindex", -1);
      next.setAttribute("tabindex", 0);
      next.focus();
    });
  }

  // What a mark's title says becomes its name, which the keyboard reaches; the browser's own tooltip would need a mouse.
  function dressFigure(svg) {
    const [whole, ...marks] = all("title", svg).map((title) => title.parentNode);
    if (!marks.length) return;
    for (const named of [whole, ...marks]) {
      const title = named.querySelector(":scope > title");
      named.setAttribute("role", named === whole ? "group" : "img");
      named.setAttribute("aria-label", title.textContent);
      named.removeAttribute("aria-labelledby");
      title.remove();
    }
    rove(marks, svg);
  }

  let [mark, pointed] = [];

  function point({ target }) {
    if (target === tip) return;
    mark = target.closest?.("svg [aria-label]");
    tip.hidden = !mark;
    explain();
    const name = target.closest?.("[data-row]")?.dataset.row;
    if (name === pointed) return;
    pointed = name;
    for (const old of all(".hot")) old.classList.remove("hot");
    if (name) for (const each of all(`[data-row="${CSS.escape(name)}"]`)) each.classList.add("hot");
  }

  function explain() {
    if (tip.hidden) return;
    tip.textContent = mark.getAttribute("aria-label");
    const [at, own] = [mark.getBoundingClientRect(), tip.getBoundingClientRect()];
    const right = document.documentElement.clientWidth - own.width - 8;
    tip.style.left = `${Math.max(8, Math.min(at.left + (at.width - own.width) / 2, right))}px`;
    tip.style.top = `${at.top > own.height + 8 ? at.top - own.height - 6 : at.bottom + 6}px`;
  }

  function find(text) {
    view.find = search.value = text;
    show();
  }

  search.addEventListener("input", () => find(search.value));
  reset.addEventListener("click", () => {
    view.pins.clear();
    view.sorts.clear();
    find("");
  });
  theme.addEventListener("click", () => {
    const { style } = document.documentElement;
    const dark = style.colorScheme ? style.colorScheme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    style.colorScheme = dark ? "light" : "dark";
  });
  document.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    if (tip.hidden) find("");
    tip.hidden = true;
  });
  for (const kind of ["pointerover", "focusin"]) document.addEventListener(kind, point);
  addEventListener("scroll", explain, { passive: true, capture: true });
  addEventListener("hashchange", recall);

  // Buttons of far parts wait until the reader comes near, so that a long report opens at once.
  const near = new IntersectionObserver(
    (entries) => {
      for (const { target } of entries.filter((entry) => entry.isIntersecting)) {
        near.unobserve(target);
        all("table", target).forEach(dressTable);
        all("svg.figure", target).forEach(dressFigure);
      }
    },
    { rootMargin: "100% 0px" },
  );
  all("main section").forEach((section) => near.observe(section));
  bar.hidden = false;
  search.parentNode.hidden = told.hidden = !words.size;
  recall();
})();
