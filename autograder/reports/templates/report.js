"use strict";
// Sorting and searching the table of students. Text is only ever read and compared, never made into markup.
(() => {
  const FEW = 200; // rows that are laid out at first; the style sheet has the same number
  const MORE = 500; // and at once: thousands would freeze the page for seconds
  const table = document.getElementById("class");
  const body = table.tBodies[0];
  const shown = document.getElementById("shown");
  const tools = document.getElementById("tools");
  const order = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
  const rows = Array.from(body.rows, (row, place) => {
    const texts = Array.from(row.cells, (cell) => cell.textContent);
    return { row, place, texts, all: texts.join(" ").toLowerCase() };
  });
  let sorted = rows;
  let words = [];
  let limit = FEW;

  const add = (parent, name, properties) => parent.appendChild(Object.assign(document.createElement(name), properties));

  const render = () => {
    const fitting = sorted.filter((one) => words.every((word) => one.all.includes(word)));
    body.replaceChildren(...fitting.slice(0, limit).map((one) => one.row));
    const found = fitting.length === rows.length ? `${rows.length} students` : `${fitting.length} of ${rows.length} students`;
    shown.textContent = fitting.length > limit ? `${found}; the first ${limit} are shown` : found;
    more.hidden = fitting.length <= limit;
  };

  const sort = (column, numeric, direction) => {
    const compare = (a, b) => {
      const [left, right] = [a.texts[column], b.texts[column]];
      if (left === "" || right === "") return (left === "") - (right === ""); // last either way
      return direction * (numeric ? Number(left) - Number(right) : order.compare(left, right));
    };
    sorted = rows.slice().sort((a, b) => compare(a, b) || a.place - b.place);
  };

  const show = (most) => {
    limit = most;
    render();
  };

  const label = add(tools, "label", { textContent: "Search students " });
  const search = add(label, "input", { type: "search", autocomplete: "off" });
  const more = add(tools, "button", { type: "button", textContent: `Show ${MORE} more` });
  more.addEventListener("click", () => show(limit + MORE));
  window.addEventListener("beforeprint", () => show(Infinity));
  window.addEventListener("afterprint", () => show(FEW));

  const headings = Array.from(table.tHead.rows[0].cells);
  headings.forEach((heading, column) => {
    const text = heading.textContent;
    heading.replaceChildren();
    add(heading, "button", { type: "button", textContent: text }).addEventListener("click", () => {
      const falling = heading.getAttribute("aria-sort") === "ascending";
      headings.forEach((other) => other.removeAttribute("aria-sort"));
      heading.setAttribute("aria-sort", falling ? "descending" : "ascending");
      sort(column, heading.hasAttribute("data-number"), falling ? -1 : 1);
      show(FEW);
    });
  });

  let waiting = 0;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      show(FEW);
    }, 100);
  });

  render();
  table.classList.add("ready");
})();
