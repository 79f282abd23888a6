(() => {
  "use strict";
  const cited = (node) => node instanceof Element ? node.closest("a.cited") : null;
  const cardOf = (figure) => document.getElementById(figure.hash.slice(1));
  let figure = null, card = null, kept = false, quiet = false, timer = 0;
  const wait = (act, time) => { clearTimeout(timer); timer = setTimeout(act, time); };
  const hide = () => { clearTimeout(timer); if (card && card.matches(":popover-open")) card.hidePopover(); };
  const place = () => {
    const style = card.style;
    style.removeProperty("top"); style.removeProperty("left");
    if (matchMedia("(max-width: 40rem)").matches) return;
    const around = figure.getClientRects()[0] || figure.getBoundingClientRect();
    const own = card.getBoundingClientRect();
    const wide = document.documentElement.clientWidth, high = document.documentElement.clientHeight;
    const rtl = document.documentElement.dir === "rtl";
    const left = rtl ? around.right - own.width : around.left;
    const below = around.bottom + 4, above = around.top - own.height - 4;
    style.left = Math.max(8, Math.min(left, wide - own.width - 8)) + "px";
    style.top = (below + own.height <= high || above < 8 ? Math.max(8, Math.min(below, high - own.height - 8)) : above) + "px";
  };
  const show = (next, keep) => {
    clearTimeout(timer);
    const wanted = cardOf(next);
    if (!wanted) return;
    if (card !== wanted) hide();
    figure = next; card = wanted; kept = keep || (kept && card.matches(":popover-open"));
    if (!card.matches(":popover-open")) { kept = keep; card.showPopover(); card.scrollTop = 0; }
    place();
    // what a card at the lower edge would hide is moved above it
    const hidden = figure.getBoundingClientRect().bottom + 8 - card.getBoundingClientRect().top;
    if (matchMedia("(max-width: 40rem)").matches && hidden > 0) scrollBy(0, hidden);
  };
  if ("showPopover" in HTMLElement.prototype) {
    document.addEventListener("pointerover", (event) => {
      if (event.pointerType === "touch") return;
      const over = cited(event.target);
      if (over && !(kept && card && card.matches(":popover-open"))) wait(() => show(over, false), 120);
      else if (card && card.contains(event.target)) clearTimeout(timer);
    });
    document.addEventListener("pointerout", (event) => {
      if (kept || !(cited(event.target) || card && card.contains(event.target))) return;
      const to = event.relatedTarget;
      if (!(to instanceof Node && card && card.contains(to)) && document.activeElement !== figure) wait(hide, 300);
    });
    document.addEventListener("focusin", (event) => {
      const on = cited(event.target);
      if (on && !quiet && on.matches(":focus-visible")) show(on, false);
    });
    document.addEventListener("focusout", (event) => {
      const to = event.relatedTarget;
      if (card && (cited(event.target) || card.contains(event.target)) && to instanceof Node && to !== figure && !card.contains(to)) hide();
    });
    document.addEventListener("click", (event) => {
      const on = cited(event.target);
      const inside = event.target instanceof Element ? event.target.closest(".card a") : null;
      if (on) {
        event.preventDefault();
        show(on, true);
        card.focus({ preventScroll: true });
      } else if (inside) {
        const back = inside.classList.contains("close");
        if (back) event.preventDefault();
        hide();
        if (back) leave();
      }
    });
    const leave = () => { quiet = true; figure.focus(); quiet = false; };
    document.addEventListener("keydown", (event) => {
      const open = card && card.matches(":popover-open");
      if (open && event.key === "Escape") {
        const within = card.contains(document.activeElement);
        event.preventDefault();
        hide();
        if (within) leave();
      } else if (open && event.key === "Tab" && card.contains(document.activeElement)) {
        // the card stands at the end of the page, and belongs behind its figure
        const stops = card.querySelectorAll("a[href]");
        const last = document.activeElement === stops[stops.length - 1];
        const first = document.activeElement === card || document.activeElement === stops[0];
        if (event.shiftKey ? first : last) {
          if (event.shiftKey) event.preventDefault();
          hide();
          leave();
        }
      }
    });
    addEventListener("resize", () => { if (card && card.matches(":popover-open")) place(); });
    document.addEventListener("scroll", () => { if (card && card.matches(":popover-open")) place(); }, { passive: true, capture: true });
  }
  const choice = document.getElementById("fb-actor");
  if (choice) {
    const told = document.querySelector("output[for=fb-actor]");
    const digits = [...told.dataset.digits];
    const written = (count) => [...String(count)].map((digit) => digits[digit]).join("");
    choice.addEventListener("change", () => {
      const rows = [...document.querySelectorAll("tr[data-actors]")];
      const own = rows.filter((row) => choice.value === "" || row.dataset.actors.split(" ").includes(choice.value));
      told.textContent = told.dataset.shown.replace("{n}", written(own.length)).replace("{all}", written(rows.length));
    });
  }
})();
