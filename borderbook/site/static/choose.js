// Lets a reader choose rows of a table by the columns it names, and sort by any column.
// Without scripts the table stands whole.
for (const table of document.querySelectorAll("table[data-filters]")) {
  const heads = [...table.querySelectorAll("thead tr:last-child th")];
  const rows = [...table.tBodies[0].rows];
  const bar = document.createElement("form");
  bar.className = "choose";
  const status = document.createElement("p");
  status.setAttribute("role", "status");
  const selects = table.dataset.filters.split(" ").map(Number).map((column) => {
    const label = document.createElement("label");
    label.textContent = heads[column].textContent + " ";
    const select = document.createElement("select");
    const values = [...new Set(rows.map((row) => row.cells[column].textContent))];
    select.add(new Option("all", ""));
    for (const value of values) select.add(new Option(value, value));
    select.addEventListener("change", choose);
    label.append(select);
    bar.append(label);
    return [column, select];
  });
  function choose() {
    let shown = 0;
    for (const row of rows) {
      row.hidden = selects.some(([c, s]) => s.value && row.cells[c].textContent !== s.value);
      shown += !row.hidden;
    }
    status.textContent = `${shown} of ${rows.length} rows shown`;
  }
  bar.append(status);
  table.parentElement.before(bar);
  choose();
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const key = (row) => row.cells[column].textContent;
      const order = new Intl.Collator("en", { numeric: true });
      rows.sort((a, b) => (down ? -1 : 1) * order.compare(key(a), key(b)));
      table.tBodies[0].append(...rows);
    });
  });
}
