// Brings htmx to the desks where it pays: a browser that can (Chrome 85, Firefox 90), and neither 2G nor data saver.
// Everything that htmx enhances is a real link or form, so a phone without it loses nothing.
// With htmx, whoever works by keyboard goes on: after a decision the next row has the focus, j and k walk the rows.
(function () {
  var me = document.currentScript, link = navigator.connection || {};
  if (![].at || !window.fetch || link.saveData || /2g/.test(link.effectiveType)) return;
  var script = document.createElement("script");
  script.src = me.getAttribute("data-htmx");
  script.onload = function () {
    document.addEventListener("htmx:after:swap", goOn);
    document.addEventListener("keydown", walk);
    var hint = document.getElementById("tombol");
    if (hint) hint.textContent = hint.dataset.says;
  };
  document.head.appendChild(script);

  function rows() { return Array.from(document.querySelectorAll("article.row")); }
  function open(row) { return !row.matches("[role=status]"); }
  function focus(row) {
    var target = row ? row.querySelector("h2 a") : document.querySelector("h1");
    if (!row && target) target.tabIndex = -1;
    if (target) target.focus();
  }
  function goOn() {
    var all = rows(), at = all.findIndex(function (row) { return !open(row) && !row.dataset.told; });
    if (at < 0) return;
    all[at].dataset.told = "1";
    focus(all.slice(at).find(open) || all.slice(0, at).reverse().find(open));
  }
  function walk(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest("input, textarea, select")) return;
    if (event.key !== "j" && event.key !== "k") return;
    var all = rows().filter(open), here = all.indexOf(document.activeElement.closest("article.row"));
    var next = event.key === "j" ? here + 1 : here < 0 ? all.length - 1 : here - 1;
    if (all[next]) focus(all[next]);
  }
})();
