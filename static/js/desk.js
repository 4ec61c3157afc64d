// Brings htmx to the desks where it pays: a browser that can (Chrome 85, Firefox 90), and neither 2G nor data saver.
// Everything that htmx enhances is a real link or form, so a phone without it loses nothing.
(function () {
  var me = document.currentScript, link = navigator.connection || {};
  if (![].at || !window.fetch || link.saveData || /2g/.test(link.effectiveType)) return;
  var script = document.createElement("script");
  script.src = me.getAttribute("data-htmx");
  document.head.appendChild(script);
})();
