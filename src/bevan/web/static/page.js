// Small conveniences; every page works without them.
const summary = document.querySelector(".nhsuk-error-summary");
if (summary) {
  summary.setAttribute("tabindex", "-1");
  summary.focus();
}

// A filter is applied when it is changed; without script its button does the same.
for (const form of document.querySelectorAll("form[data-apply]")) {
  form.querySelector("[data-apply-button]")?.setAttribute("hidden", "");
  form.addEventListener("change", () => form.requestSubmit());
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.removeAttribute("hidden");
  button.addEventListener("click", () => window.print());
}

// On a phone the sections are a strip: the one that is open is brought into sight.
const strip = document.querySelector(".bv-sections");
const here = strip?.querySelector("[aria-current]");
if (here) strip.scrollLeft = here.offsetLeft - (strip.clientWidth - here.offsetWidth) / 2;

// Only one menu open at a time, and Escape closes it.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("details.bv-account[open]");
  if (open) {
    open.removeAttribute("open");
    open.querySelector("summary").focus();
  }
});
