// Keeps what an author types: title and body go to the server 8 seconds after the last key (while typing goes on: each
// 20), and at once when a field or the page is left. Never on 2G or data saver, never photos; the buttons keep all of it.
// The line below says at every moment whether all of it was kept; it never says so of what was typed since.
(function () {
  var box = document.getElementById("draf"), link = navigator.connection || {};
  if (!box || ![].at || !window.fetch || link.saveData || /2g/.test(link.effectiveType)) return;
  var form = box.closest("form"), line = box.firstElementChild, say = box.dataset;
  var kept = typed(), since = 0, told = "", timer, asking, going;
  tell(told); // instead of "only by the button"
  form.addEventListener("input", function () { tellOfNew(); later(8000); });
  form.addEventListener("change", save);
  form.addEventListener("submit", function () { // what the button sends needs no autosave beside it
    clearTimeout(timer);
    kept = typed();
    if (asking) asking.abort();
  });
  document.addEventListener("visibilitychange", function () { if (document.hidden) leave(); });
  window.addEventListener("pagehide", leave);
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
  // `told`: what the line says while all is kept; null while it says why something could not be
  function tellOfNew() { if (told !== null) tell(typed() === kept ? told : say.fresh); }
  function photos() { return [].some.call(form.elements, function (field) { return field.files && field.files.length; }); }
  function leave() { // an older text that is on its way is no reason to lose the newer one
    if (asking && going !== typed()) { asking.abort(); asking = 0; }
    save();
  }
  function save() {
    var sent = typed(), call, limit;
    clearTimeout(timer);
    since = 0;
    if (asking || sent === kept || !/\S/.test(form.elements.title.value + form.elements.body.value)) return;
    call = asking = new AbortController();
    going = sent;
    limit = setTimeout(function () { call.abort(); }, 30000);
    fetch(say.to, {
      method: "POST", body: new URLSearchParams(sent), headers: { "HX-Request": "true" }, signal: call.signal,
      keepalive: sent.length < 60000 // goes on when the page is closed; browsers take no more
    }).then(function (answer) {
      return answer.text().then(function (text) { hear(answer, text, sent); });
    }).catch(function () {
      if (typed() === kept || asking !== call) return; // a button sent it, or a newer text is on its way
      fail(say.off);
      later(20000);
    }).then(function () {
      clearTimeout(limit);
      if (asking !== call) return;
      asking = 0;
      if (typed() !== sent && typed() !== kept) later(8000);
    });
  }
  function fail(text) { told = null; tell(text); }
  function hear(answer, text, sent) {
    var fresh = new DOMParser().parseFromString(text, "text/html").getElementById(line.id);
    if (!fresh) return fail(answer.redirected || /^40[013]$/.test(answer.status) ? say.out : say.failed);
    if (fresh.dataset.at) history.replaceState(null, "", fresh.dataset.at); // so that a reload finds the draft
    if (!answer.ok) return fail(fresh.textContent);
    kept = sent;
    told = fresh.textContent + (photos() ? ". " + say.photos : "");
    tellOfNew();
  }
})();
