// Draws each chart of the page. `ast` keeps Vega from compiling expressions, which the page's policy forbids; the two
// default style sheets are switched off for the same reason, and headcount.css has what is needed of them.
const options = {
  actions: false,
  ast: true,
  defaultStyle: false,
  mode: "vega-lite",
  renderer: "svg",
  tooltip: { disableDefaultStyle: true },
};

for (const place of document.querySelectorAll(".chart")) {
  window
    .vegaEmbed(place, JSON.parse(place.dataset.spec), options)
    .then(() => place.classList.add("drawn"))
    .catch((error) => {
      place.textContent = `The chart could not be drawn: ${error.message}. The table below has the figures.`;
      place.classList.add("failed");
    });
}
