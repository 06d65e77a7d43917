// Lets a reader choose the regions, years and indicator of a map with a chart; the address keeps it.
// Vega-Lite computes the shares: what is written here is read from its marks.
(() => {
  const { draw, near, read } = window.borderbook;

  for (const figure of document.querySelectorAll("[data-explorer]")) {
    const drawings = [...figure.querySelectorAll(".drawing")];
    const place = figure.querySelector(".explore");
    const views = new Map();
    let panel;
    if (location.protocol === "file:") {
      place.hidden = true;
      continue;
    }

    const show = async () => {
      for (const [drawing, view] of views) {
        if (!view) continue;
        for (const [name, value] of Object.entries(panel.signals())) view.signal(name, value);
        await view.runAsync();
        if (drawing.checkVisibility()) panel.tell(marks(view.scenegraph().root, "shares_marks"));
      }
    };
    const open = async (drawing) => {
      if (views.has(drawing)) return;
      views.set(drawing, null);
      try {
        const spec = await read(drawing);
        const view = await draw(drawing, spec);
        if (!panel) {
          panel = controls(spec, show);
          place.replaceChildren(panel.form);
        }
        view.addEventListener("click", (_, item) => panel.toggle(item?.datum?.properties?.region));
        views.set(drawing, view);
        await show();
      } catch (fault) {
        place.hidden = true;
        console.warn("The picture stays as it is:", fault);
      }
    };
    near(drawings, open);
    const query = new URLSearchParams(location.search);
    if (["regions", "indicator", "years"].some((name) => query.has(name))) {
      drawings.filter((drawing) => drawing.checkVisibility()).forEach(open);
    }
  }

  /** Returns what the marks of a name stand for, wherever they are under a mark. */
  function marks(mark, name) {
    const items = mark.items ?? [];
    if (mark.name === name) return items.map((item) => item.datum);
    return items.flatMap((item) => marks(item, name));
  }

  /** Returns an element with properties and content. */
  function element(kind, properties, ...content) {
    const made = Object.assign(document.createElement(kind), properties);
    made.append(...content);
    return made;
  }

  /** Returns the form in which a reader chooses; `changed` is called when something was chosen. */
  function controls(spec, changed) {
    const given = Object.fromEntries(spec.params.map(({ name, value }) => [name, value]));
    const { chosen, indicator, first, last, names, titles } = given;
    const { indicators, years, together } = spec.usermeta.explorer;
    const codes = Object.keys(names);
    const byName = (one, other) => names[one].localeCompare(names[other], "en");
    const start = { chosen: codes.filter((code) => chosen.includes(code)), indicator, first, last };
    const { state, strange } = asked(start, { names, titles, years });

    const boxes = [];
    const box = (label, own) => {
      const control = element("input", { type: "checkbox" });
      control.addEventListener("change", () => choose(own, control.checked));
      boxes.push([control, own]);
      return element("label", {}, control, ` ${label}`);
    };
    const list = (title, own) => element("fieldset", {}, element("legend", {}, title),
      ...own.sort(byName).map((code) => box(names[code], [code])));
    const selects = {};
    const select = (label, name, options) => {
      const control = element("select", {}, ...options.map(([value, text]) => new Option(text, value)));
      control.addEventListener("change", () => {
        const ends = [Number(selects.first.value), Number(selects.last.value)];
        const [first, last] = ends.sort((one, other) => one - other);
        update({ indicator: selects.indicator.value, first, last });
      });
      selects[name] = control;
      return element("label", {}, `${label} `, control);
    };

    const again = element("button", { type: "button" }, "Back to the start");
    again.addEventListener("click", () => {
      update(start);
      fill();
    });
    const status = element("p", { role: "status" });
    const others = codes.filter((code) => !start.chosen.includes(code));
    const table = element("table", {});
    const csv = element("a", { download: "shares.csv" }, "These figures as CSV");
    const form = element("form", {},
      element("p", {}, select("Indicator", "indicator", indicators.map((name) => [name, titles[name]])),
        select("From", "first", years.map((year) => [year, year])),
        select("To", "last", years.map((year) => [year, year])),
        ...Object.entries(together).map(([label, own]) => box(label, own)), again),
      element("p", {}, "A click on the map takes a region in or out."),
      status,
      element("details", {}, element("summary", {}, "Choose regions by name"),
        list("At the start", [...start.chosen]),
        list("All others", codes.filter((code) => !start.chosen.includes(code)))),
      element("details", {}, element("summary", {}, "The shares in numbers"), table,
        element("p", {}, csv)));
    form.addEventListener("submit", (event) => event.preventDefault());
    fill();

    function choose(own, counted) {
      const isChosen = (code) => own.includes(code) ? counted : state.chosen.includes(code);
      update({ chosen: codes.filter(isChosen) });
    }
    function toggle(code) {
      if (code in names) choose([code], !state.chosen.includes(code));
    }
    function fill() {
      for (const [name, control] of Object.entries(selects)) control.value = state[name];
      tick();
    }
    function tick() {
      for (const [control, own] of boxes) {
        control.checked = own.every((code) => state.chosen.includes(code));
      }
    }
    function update(change) {
      Object.assign(state, change);
      strange.length = 0;
      tick();
      keep(state, start);
      changed();
    }
    /** Writes the shares, `year` and `text` of each, into status and table. */
    function tell(shares) {
      const texts = new Map(shares.map(({ year, text }) => [year, text]));
      const printed = new Map(spec.datasets.figures
        .filter((row) => row.indicator === state.indicator && row.printed)
        .map((row) => [row.year, row.printed]));
      const columns = [["Share, %", texts]];
      if (printed.size) columns.push(["Printed, %", printed]);
      const row = (kind, ...cells) => element("tr", {}, ...cells.map((text, place) =>
        element(kind === "col" || !place ? "th" : "td", {
          ...(kind === "col" || !place) && { scope: place ? "col" : kind },
          ...place && { className: "number" },
        }, text)));
      const shown = years.filter((year) => state.first <= year && year <= state.last);
      table.replaceChildren(
        element("caption", {}, titles[state.indicator]),
        element("thead", {}, row("col", "Year", ...columns.map(([title]) => title))),
        element("tbody", {}, ...shown.map((year) =>
          row("row", year, ...columns.map(([, values]) => values.get(year) ?? "–")))),
      );
      const lines = [["indicator", "regions", "year", ...columns.map(([title]) => title)],
        ...shown.map((year) => [titles[state.indicator], state.chosen.join(" "), year,
          ...columns.map(([, values]) => String(values.get(year) ?? "").replace("−", "-"))])];
      const quoted = (text) => `"${String(text).replaceAll('"', '""')}"`;
      const text = lines.map((cells) => `${cells.map(quoted).join(",")}\r\n`).join("");
      csv.href = `data:text/csv;charset=utf-8,${encodeURIComponent(text)}`;
      const ends = [...new Set([shown.find((y) => texts.has(y)), shown.findLast((y) => texts.has(y))])];
      const told = ends[0] ? ends.map((year) => `${texts.get(year)} in ${year}`).join(", ")
        : state.chosen.length ? "no figure for these years" : "choose at least one region";
      status.textContent = `${titles[state.indicator]}, ${state.chosen.length} of ${codes.length} `
        + `regions: ${told}.`
        + (strange.length ? ` The address asked for what is not here: ${strange.join(", ")}.` : "");
    }
    return { form, signals: () => ({ ...state }), tell, toggle };
  }

  /** Returns what the address asks for in place of what is at the start, and what it cannot have. */
  function asked(start, { names, titles, years }) {
    const query = new URLSearchParams(location.search);
    const state = { ...start };
    const strange = [];
    const take = (name, understood) => {
      const text = query.get(name);
      const found = text === null ? {} : understood(text);
      if (found) Object.assign(state, found);
      else strange.push(`${name}=${text}`);
    };
    take("regions", (text) => {
      const codes = text.split(",").filter(Boolean);
      return codes.every((code) => Object.hasOwn(names, code))
        && { chosen: Object.keys(names).filter((code) => codes.includes(code)) };
    });
    take("indicator", (text) => Object.hasOwn(titles, text) && { indicator: text });
    take("years", (text) => {
      const [first, last] = text.split("-").map(Number);
      return years.includes(first) && years.includes(last) && first <= last && { first, last };
    });
    return { state, strange };
  }

  /** Keeps in the address what differs from the start. */
  function keep(state, start) {
    const words = ({ chosen, indicator, first, last }) =>
      ({ regions: chosen.join(","), indicator, years: `${first}-${last}` });
    const url = new URL(location);
    const usual = words(start);
    for (const [name, text] of Object.entries(words(state))) {
      url.searchParams.delete(name);
      if (text !== usual[name]) url.searchParams.append(name, text);
    }
    url.search = url.search.replaceAll("%2C", ",");
    history.replaceState(history.state, "", url);
  }
})();
