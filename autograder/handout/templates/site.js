// What JupyterLite keeps in this browser: a store "files", each file by its path.
function files(change) {
  return new Promise((resolve, reject) => {
    const name = "JupyterLite Storage - " + new URL(".", location.href).pathname;
    const request = indexedDB.open(name);
    request.onupgradeneeded = () => request.result.createObjectStore("files");
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const store = request.result.transaction("files", "readwrite").objectStore("files");
      const done = change(store);
      done.onerror = () => reject(done.error);
      done.onsuccess = () => { request.result.close(); resolve(done.result); };
    };
  });
}

async function show() {
  const saved = (await files((store) => store.getAll())).filter((file) => file.path.endsWith(".ipynb"));
  document.getElementById("none").hidden = saved.length > 0;
  document.getElementById("saved").replaceChildren(...saved.map((file) => {
    const row = document.createElement("li"), link = document.createElement("a"), button = document.createElement("button");
    link.href = "notebooks/index.html?path=" + encodeURIComponent(file.path);
    link.textContent = file.path;
    button.type = "button";
    button.textContent = "Download " + file.name;
    button.onclick = () => download(file);
    row.append(link, ", saved " + new Date(file.last_modified).toLocaleString() + " ", button);
    return row;
  }));
}

function download(file) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(file.content, null, 1)], { type: "application/x-ipynb+json" }));
  link.download = file.name;
  link.click();
}

async function open(chosen, notebook) {
  const said = document.getElementById("said");
  try {
    const text = await chosen.text(), content = JSON.parse(text), now = new Date().toISOString();
    if (!Array.isArray(content.cells)) throw new Error("it has no cells");
    // A file of an earlier edition keeps its name: under the new one it would hide the new notebook.
    const name = text.match(/_notebook = \\"([^"\\]+)\\"/)?.[1] ?? notebook;
    const before = await files((store) => store.get(name));
    if (before && !confirm("Replace the " + name + " that is saved in this browser by this file?")) return;
    await files((store) => store.put({
      name, path: name, type: "notebook", format: "json", mimetype: "application/json",
      content, size: text.length, writable: true, created: now, last_modified: now,
    }, name));
    location.href = "notebooks/index.html?path=" + encodeURIComponent(name);
  } catch (error) {
    said.textContent = chosen.name + " is no notebook: " + error.message;
  }
}

function start(notebook, pyodide) {
  document.getElementById("https").hidden = Boolean(isSecureContext && navigator.serviceWorker);
  const python = () => fetch(pyodide, { method: "HEAD", referrerPolicy: "no-referrer" });
  python().then((answer) => answer.ok, () => false).then((ok) => { document.getElementById("python").hidden = ok; });
  const file = document.getElementById("file");
  file.onchange = () => open(file.files[0], notebook);
  addEventListener("pageshow", show);
}
