// Keeps what an author types: title and body go to the server 8 seconds after the last key (while typing goes on: each
// 20), and at once when a field or the page is left. Never on 2G or data saver, never photos; the buttons keep all of it.
(function () {
  var box = document.getElementById("draf"), link = navigator.connection || {};
  if (!box || ![].at || !window.fetch || link.saveData || /2g/.test(link.effectiveType)) return;
  var form = box.closest("form"), line = box.firstElementChild, say = box.dataset;
  var kept = typed(), since = 0, timer, asking;
  form.addEventListener("input", function () { later(8000); });
  form.addEventListener("change", save);
  form.addEventListener("submit", function () { // what the button sends needs no autosave beside it
    clearTimeout(timer);
    kept = typed();
    if (asking) asking.abort();
  });
  document.addEventListener("visibilitychange", function () { if (document.hidden) save(); });
  window.addEventListener("online", save);

  function typed() {
    var fields = new URLSearchParams();
    ["csrf_token", "key", "version", "area", "title", "body"].forEach(function (name) {
      if (form.elements[name]) fields.append(name, form.elements[name].value);
    });
    return fields.toString();
  }
  function later(wait) {
    since = since || Date.now();
    clearTimeout(timer);
    timer = setTimeout(save, Math.min(wait, since + 20000 - Date.now()));
  }
  function tell(text) { if (line.textContent !== text) line.textContent = text; }
  function photos() { return [].some.call(form.elements, function (field) { return field.files && field.files.length; }); }
  function save() {
    var sent = typed(), call, limit;
    clearTimeout(timer);
    since = 0;
    if (asking || sent === kept || !/\S/.test(form.elements.title.value + form.elements.body.value)) return;
    call = asking = new AbortController();
    limit = setTimeout(function () { call.abort(); }, 30000);
    fetch(say.to, {
      method: "POST", body: new URLSearchParams(sent), headers: { "HX-Request": "true" }, signal: call.signal,
      keepalive: sent.length < 60000 // goes on when the page is closed; browsers take no more
    }).then(function (answer) {
      return answer.text().then(function (text) { hear(answer, text, sent); });
    }).catch(function () {
      if (typed() === kept) return; // a button sent it
      tell(say.off);
      later(20000);
    }).then(function () {
      clearTimeout(limit);
      asking = 0;
      if (typed() !== sent && typed() !== kept) later(8000);
    });
  }
  function hear(answer, text, sent) {
    var fresh = new DOMParser().parseFromString(text, "text/html").getElementById(line.id);
    if (!fresh) return tell(answer.redirected || /^40[013]$/.test(answer.status) ? say.out : say.failed);
    if (answer.ok) kept = sent;
    if (fresh.dataset.at) history.replaceState(null, "", fresh.dataset.at); // so that a reload finds the draft
    tell(fresh.textContent + (answer.ok && photos() ? ". " + say.photos : ""));
  }
})();
