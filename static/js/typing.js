// Brings htmx to a public form that answers while one types, once somebody goes to write in it: whoever only reads pays
// nothing. Only a browser that can (Chrome 85, Firefox 90), and neither 2G nor data saver; without it the button does all.
(function () {
  var me = document.currentScript, link = navigator.connection || {};
  if (![].at || !window.fetch || link.saveData || /2g/.test(link.effectiveType)) return;
  document.addEventListener("focusin", function bring(event) {
    if (!event.target.closest("[hx-get]")) return;
    document.removeEventListener("focusin", bring);
    var script = document.createElement("script");
    script.src = me.getAttribute("data-htmx");
    document.head.appendChild(script);
  });
})();
