// Charts that answer: Vega takes over from the picture that stands on the page.
// It is fetched when a reader does something and a chart is near. Without scripts, from disk and
// after a fault the picture stays.
window.borderbook = (() => {
  const library = new URL("vega.js", document.currentScript.src);
  const acts = ["pointermove", "pointerdown", "touchstart", "keydown", "scroll", "wheel"];
  const begun = new Promise((begin) => {
    const readable = () =>
      document.readyState === "complete" ? begin() : addEventListener("load", begin);
    for (const act of acts) {
      addEventListener(act, readable, { capture: true, once: true, passive: true });
    }
  });

  /** Calls `act` with each element, once, when the reader has done something and is near it. */
  function near(elements, act) {
    const watch = new IntersectionObserver((seen) => {
      for (const { isIntersecting, target } of seen) {
        if (!isIntersecting) continue;
        watch.unobserve(target);
        act(target);
      }
    }, { rootMargin: "50% 0px" });
    begun.then(() => elements.forEach((element) => watch.observe(element)));
  }

  /** Returns a document with a JSON merge patch (RFC 7396) applied; both stay as they are. */
  function merged(document, patch) {
    const isObject = (value) => value?.constructor === Object;
    if (!isObject(patch)) return patch;
    const result = isObject(document) ? { ...document } : {};
    for (const [key, value] of Object.entries(patch)) {
      if (value === null) delete result[key];
      else result[key] = merged(result[key], value);
    }
    return result;
  }

  /** Returns the Vega-Lite document that a drawing was made from: without title, for its width. */
  async function read(drawing) {
    const answer = await fetch(drawing.closest("[data-spec]").dataset.spec);
    if (!answer.ok) throw new Error(`${answer.status} ${answer.url}`);
    const { title, description, ...spec } = await answer.json();
    return drawing.matches(".narrow") ? merged(spec, spec.usermeta.narrow) : spec;
  }

  /** Draws a Vega-Lite document in place of what a drawing holds, at its size; returns the view. */
  async function draw(drawing, spec) {
    await import(library);
    const stage = document.createElement("div");
    stage.ariaHidden = "true"; // the drawing around it says what it shows
    const { view } = await window.vegaEmbed(stage, spec, {
      actions: false,
      ast: true,
      defaultStyle: false,
      mode: "vega-lite",
      renderer: "svg",
      tooltip: { disableDefaultStyle: true },
    });
    const [old, fresh] = [drawing, stage].map((place) => place.querySelector("svg"));
    for (const side of ["width", "height"]) fresh.setAttribute(side, old.getAttribute(side));
    drawing.replaceChildren(stage);
    drawing.classList.add("live");
    return view;
  }

  if (location.protocol !== "file:") {
    const drawings = document.querySelectorAll("[data-spec]:not([data-explorer]) .drawing");
    near(drawings, async (drawing) => {
      try {
        await draw(drawing, await read(drawing));
      } catch (fault) {
        console.warn("The picture stays as it is:", fault);
      }
    });
  }

  return { draw, merged, near, read };
})();
