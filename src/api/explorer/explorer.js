"use strict";
(() => {
  const EXAMPLES = "/* examples.graphql */";
  const $ = (id) => document.getElementById(id);
  const make = (tag, className, ...children) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    element.append(...children);
    return element;
  };
  const kept = (name, value) => {
    // Private windows may refuse storage; the page works without it.
    try {
      if (value === undefined) return localStorage.getItem("bfw." + name);
      localStorage.setItem("bfw." + name, value);
    } catch { return null; }
    return value;
  };

  /* ---- colours: one pass over the text, spans for what is worth one ---- */

  const QUERY_TOKEN = /(#[^\n\r]*)|("""(?:\\"""|[^])*?(?:"""|$)|"(?:\\.|[^"\\\n])*"?)|(\$\w+|@\w+)|(-?\d[\w.+-]*)|(\.\.\.)|([A-Za-z_]\w*)|([^\s\w])/g;
  const KEYWORDS = new Set(["query", "mutation", "subscription", "fragment", "on", "true", "false", "null"]);
  const JSON_TOKEN = /("(?:\\.|[^"\\\n])*"?)(\s*:)?|(-?\d[\d.eE+-]*)|\b(true|false|null)\b/g;

  function colour(target, text, token, classOf) {
    const parts = [];
    let from = 0;
    for (const match of text.matchAll(token)) {
      const name = classOf(match, text);
      if (!name) continue;
      parts.push(text.slice(from, match.index), make("span", name, match[0]));
      from = match.index + match[0].length;
    }
    parts.push(text.slice(from), "\n");
    target.replaceChildren(...parts);
  }
  const queryClass = (m, text) => m[1] ? "c" : m[2] ? "s" : m[3] ? "a" : m[4] ? "d" : m[5] ? "k" : !m[6] ? ""
    : KEYWORDS.has(m[6]) ? "k" : /^\s*:/.test(text.slice(m.index + m[6].length)) ? "a" : /^[A-Z]/.test(m[6]) ? "t" : "n";
  const jsonClass = (m) => m[1] ? (m[2] ? "n" : "s") : m[3] ? "d" : "k";

  function editor(box, area, token, classOf) {
    const shown = box.querySelector(".code pre");
    const gutter = box.querySelector(".gutter");
    const paint = () => {
      colour(shown, area.value, token, classOf);
      if (gutter) gutter.textContent = area.value.split("\n").map((_, line) => line + 1).join("\n");
    };
    const set = (text) => { area.value = text; paint(); area.dispatchEvent(new Event("change")); };
    area.addEventListener("input", paint);
    area.addEventListener("keydown", (event) => {
      const { selectionStart: start, selectionEnd: end, value } = area;
      const insert = (text, caret) => {
        area.setRangeText(text, start, end, "end");
        if (caret !== undefined) area.selectionStart = area.selectionEnd = start + caret;
        event.preventDefault();
        area.dispatchEvent(new Event("input"));
      };
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "Enter") {
        const indent = value.slice(value.lastIndexOf("\n", start - 1) + 1, start).match(/^ */)[0];
        const opens = /[{([]\s*$/.test(value.slice(0, start));
        const closes = /^\s*[})\]]/.test(value.slice(end));
        if (opens && closes) insert("\n" + indent + "  \n" + indent, indent.length + 3);
        else insert("\n" + indent + (opens ? "  " : ""));
      } else if (event.key === "{" && start === end) insert("{}", 1);
      else if (event.key === "(" && start === end) insert("()", 1);
      else if ("})".includes(event.key) && value[start] === event.key && start === end) {
        event.preventDefault();
        area.selectionStart = area.selectionEnd = start + 1;
      }
    });
    return { set, paint, get: () => area.value };
  }
  const query = editor($("query-editor"), $("query"), QUERY_TOKEN, queryClass);
  const variables = editor($("variables-editor"), $("variables"), JSON_TOKEN, jsonClass);

  /* ---- laying a document out anew ---- */

  function prettify(text) {
    const tokens = [...text.matchAll(QUERY_TOKEN)].map((m) => m[0]);
    let out = "", depth = 0, inline = 0, previous = "";
    const line = () => { out = out.trimEnd() + "\n" + "  ".repeat(depth); };
    tokens.forEach((token, index) => {
      const next = tokens[index + 1];
      if (token.startsWith("#")) { if (out.trim()) line(); out += token; line(); }
      else if (token === "{" && !inline) { out = out.trimEnd() + (out.trim() ? " {" : "{"); depth += 1; line(); }
      else if (token === "}" && !inline) {
        depth = Math.max(0, depth - 1); line(); out += "}";
        if (depth === 0 && next) out += "\n\n"; else if (next !== "}") line();
      } else if ("([{".includes(token)) { inline += 1; out = (token === "{" ? out : out.trimEnd()) + token + (token === "{" ? " " : ""); }
      else if (")]}".includes(token)) {
        inline = Math.max(0, inline - 1);
        out = (token === "}" ? out.trimEnd() + " " : out.trimEnd().replace(/,$/, "")) + token + " ";
        if (!inline && token === ")" && next && next !== "{" && next !== ":" && !next.startsWith("@") && !(next === "on")) line();
      } else if (token === ":") out = out.trimEnd() + ": ";
      else if (token === "!" || token === "=") out = out.trimEnd() + (token === "=" ? " = " : "!");
      else if (inline) {
        const value = /[\w"\])}!]$/.test(out.trimEnd()) && !/[:=([{]\s*$/.test(out);
        out = value ? out.trimEnd() + ", " + token + " " : out + token + " ";
      } else {
        const stays = depth === 0 || previous === "..." || previous === "on" || token === "on" || token.startsWith("@") || /:\s*$/.test(out);
        if (!stays && /\S$/.test(out.split("\n").pop()) ) line();
        out += token === "..." ? "..." : token + " ";
        if (depth > 0 && next && !"({:=".includes(next[0]) && !next.startsWith("@") && token !== "..." && token !== "on" && next !== "on") line();
      }
      previous = token;
    });
    return out.replace(/[ \t]+$/gm, "").replace(/\n{3,}/g, "\n\n").trim() + "\n";
  }

  /* ---- talking to the server ---- */

  const headers = () => {
    const all = { "content-type": "application/json", accept: "application/graphql-response+json, application/json;q=0.9" };
    const token = $("token").value.trim();
    if (token) all.authorization = "Bearer " + token;
    if ($("language").value) all["accept-language"] = $("language").value;
    return all;
  };
  const send = (body) => fetch("/graphql", { method: "POST", credentials: "omit", headers: headers(), body: JSON.stringify(body) });
  const say = (...parts) => $("status").replaceChildren(...parts);

  function operations(text) {
    const plain = text.replace(/#[^\n]*|"""[^]*?"""|"(?:\\.|[^"\\\n])*"/g, " ");
    return [...plain.matchAll(/\b(?:query|mutation)\s+([A-Za-z_]\w*)/g)].map((match) => match[1]);
  }
  function refreshOperations() {
    const names = operations(query.get());
    const select = $("operation");
    const chosen = select.value;
    select.hidden = names.length < 2;
    select.replaceChildren(...names.map((name) => make("option", "", name)));
    if (names.includes(chosen)) select.value = chosen;
  }

  /* Whatever gives tokens (signUp, signIn, refreshSession) signs this tab in. */
  function findToken(value) {
    if (!value || typeof value !== "object") return null;
    if (typeof value.accessToken === "string") return value.accessToken;
    return Object.values(value).map(findToken).find(Boolean) || null;
  }
  const showWho = () => { $("who").textContent = $("token").value ? "signed in" : "not signed in"; };

  async function run() {
    const text = query.get();
    const body = { query: text };
    const names = operations(text);
    if (names.length > 1) body.operationName = $("operation").value || names[0];
    try {
      const sent = variables.get().trim();
      if (sent) body.variables = JSON.parse(sent);
    } catch (error) {
      openTab("variables");
      say(make("span", "bad", "The variables are not JSON"), String(error.message));
      return;
    }
    $("run").dataset.busy = "yes";
    const started = performance.now();
    try {
      const response = await send(body);
      const answer = await response.text();
      const elapsed = performance.now() - started;
      let shown = answer, parsed = null;
      try { parsed = JSON.parse(answer); shown = JSON.stringify(parsed, null, 2); } catch { /* shown as it came */ }
      colour($("response"), shown, JSON_TOKEN, jsonClass);
      const good = response.ok && !(parsed && parsed.errors);
      say(make("span", good ? "good" : "bad", String(response.status) + (parsed && parsed.errors ? " with errors" : "")),
        elapsed.toFixed(0) + " ms", (answer.length / 1024).toFixed(1) + " KB", make("span", "faint", "request " + (response.headers.get("x-request-id") || "?")));
      const token = parsed && findToken(parsed.data);
      if (token) { $("token").value = token; keepToken(); }
      remember(text, variables.get());
    } catch (error) {
      $("response").textContent = "";
      say(make("span", "bad", "No answer from the server"), String(error.message));
    } finally {
      delete $("run").dataset.busy;
    }
  }
  const keepToken = () => {
    try { sessionStorage.setItem("bfw.token", $("token").value); } catch { /* works without */ }
    showWho();
  };

  /* ---- history ---- */

  const past = (() => { try { return JSON.parse(kept("history") || "[]"); } catch { return []; } })();
  function remember(text, sent) {
    if (/password/i.test(text + sent)) return; // what holds a password is not kept
    const same = past.findIndex((entry) => entry.query === text && entry.variables === sent);
    if (same >= 0) past.splice(same, 1);
    past.unshift({ query: text, variables: sent });
    past.splice(30);
    kept("history", JSON.stringify(past));
    showHistory();
  }
  function showHistory() {
    $("history").replaceChildren(...(past.length ? past.map((entry) => {
      const button = make("button", "", entry.query.replace(/#[^\n]*/g, "").replace(/\s+/g, " ").trim());
      button.onclick = () => { query.set(entry.query); variables.set(entry.variables || ""); };
      return make("li", "", button);
    }) : [make("li", "faint", "What you run is kept here, in this browser, unless it holds a password.")]));
  }

  /* ---- the schema ---- */

  const INTROSPECTION = `query Introspection { __schema { queryType { name } mutationType { name } types { kind name description specifiedByURL
    fields(includeDeprecated: true) { name description isDeprecated deprecationReason args { name description defaultValue type { ...T } } type { ...T } }
    inputFields { name description defaultValue type { ...T } } enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
    possibleTypes { name } interfaces { name } } } }
    fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } }`;
  let schema = null;
  const named = (type) => { while (type.ofType) type = type.ofType; return type.name; };
  const written = (type) => type.kind === "NON_NULL" ? written(type.ofType) + "!" : type.kind === "LIST" ? "[" + written(type.ofType) + "]" : type.name;
  const link = (name, show) => {
    const anchor = make("a", "", show || name);
    anchor.tabIndex = 0;
    anchor.onclick = () => open(name);
    anchor.onkeydown = (event) => { if (event.key === "Enter") open(name); };
    return anchor;
  };
  const typeLink = (type) => {
    const [before, after] = written(type).split(named(type));
    return make("span", "", before, link(named(type)), after);
  };

  async function loadSchema() {
    try {
      const { data, errors } = await (await send({ query: INTROSPECTION })).json();
      if (!data) throw new Error(errors[0].message);
      schema = { query: data.__schema.queryType.name, mutation: data.__schema.mutationType && data.__schema.mutationType.name, types: new Map() };
      for (const type of data.__schema.types) if (!type.name.startsWith("__")) schema.types.set(type.name, type);
      home();
    } catch (error) {
      $("docs-body").replaceChildren(make("p", "faint", "The schema cannot be shown: " + error.message));
    }
  }
  function path(...names) {
    const home_ = make("a", "", "Schema");
    home_.onclick = home;
    $("docs-path").replaceChildren(...(names.length ? [home_, " / ", ...names] : ["Schema"]));
  }
  function home() {
    path();
    const roots = [["query", "read"], ["mutation", "change things"]].filter(([root]) => schema[root])
      .map(([root, what]) => make("div", "member", make("div", "sig", link(schema[root])), make("div", "why", what)));
    const groups = [["OBJECT", "Objects"], ["INTERFACE", "Interfaces"], ["UNION", "Unions"], ["ENUM", "Enums"], ["INPUT_OBJECT", "Inputs"], ["SCALAR", "Scalars"]];
    const lists = groups.flatMap(([kind, title]) => {
      const types = [...schema.types.values()].filter((type) => type.kind === kind && type.name !== schema.query && type.name !== schema.mutation).sort((a, b) => a.name < b.name ? -1 : 1);
      return types.length ? [make("h3", "", title), ...types.map((type) => make("div", "member", make("div", "sig", link(type.name)), make("div", "why", firstSentence(type.description))))] : [];
    });
    $("docs-body").replaceChildren(make("h3", "", "Start here"), ...roots, ...lists);
    $("docs-body").scrollTop = 0;
  }
  const firstSentence = (text) => ((text || "").match(/^[^]*?[.:](?=\s|$)/) || [text || ""])[0];

  function member(item, extra) {
    const sig = make("div", "sig", make("span", "n" + (item.isDeprecated ? " old" : ""), item.name));
    if (item.type) sig.append(": ", typeLink(item.type));
    if (item.defaultValue) sig.append(make("span", "faint", " = " + item.defaultValue));
    if (extra) sig.append(" ", extra);
    const box = make("div", "member", sig);
    if (item.args && item.args.length) {
      box.append(make("div", "args", ...item.args.map((arg) => make("div", "", make("span", "a", arg.name), ": ", typeLink(arg.type),
        make("span", "faint", arg.defaultValue ? " = " + arg.defaultValue : ""), make("span", "why", arg.description ? "  " + arg.description : "")))));
    }
    if (item.description) box.append(make("div", "why", item.description));
    if (item.isDeprecated) box.append(make("div", "why e", "Deprecated: " + (item.deprecationReason || "")));
    return box;
  }
  function open(name, fieldName) {
    const type = schema.types.get(name);
    if (!type) return;
    if (!$("docs-toggle").matches("[aria-pressed=true]")) toggleDocs();
    path(name);
    const body = [make("h2", "", name), make("div", "faint", type.kind.toLowerCase().replace("_", " "))];
    if (type.description) body.push(make("p", "", type.description));
    if (type.specifiedByURL) body.push(make("p", "faint", "Specified by " + type.specifiedByURL));
    const isRoot = name === schema.query || name === schema.mutation;
    const list = (title, items, extra) => { if (items && items.length) body.push(make("h3", "", title), ...items.map((item) => member(item, extra && extra(item)))); };
    list(isRoot ? "Operations" : "Fields", type.fields && [...type.fields].sort((a, b) => isRoot && a.name > b.name ? 1 : isRoot ? -1 : 0), isRoot && ((item) => {
      const button = make("button", "link", "use");
      button.title = "Put a call of this field into the editor";
      button.onclick = () => use(name, item);
      return button;
    }));
    list("Fields", type.inputFields);
    list("Values", type.enumValues);
    list("One of", type.possibleTypes && type.possibleTypes.map((possible) => ({ name: possible.name, type: { name: possible.name, kind: "OBJECT" } })));
    const users = [...schema.types.values()].flatMap((other) => (other.fields || []).filter((field) => named(field.type) === name || field.args.some((arg) => named(arg.type) === name)).map((field) => [other.name, field.name]));
    if (users.length && !isRoot) body.push(make("h3", "", "Used by"), make("p", "", ...users.slice(0, 40).flatMap(([owner, field], index) => [index ? ", " : "", link(owner, owner + "." + field)])));
    $("docs-body").replaceChildren(...body);
    $("docs-body").scrollTop = 0;
    if (fieldName) {
      const found = [...$("docs-body").querySelectorAll(".member .sig > .n")].find((span) => span.textContent === fieldName);
      if (found) found.parentElement.parentElement.scrollIntoView();
    }
  }
  function search(text) {
    const wanted = text.trim().toLowerCase();
    if (!schema) return;
    if (!wanted) { home(); return; }
    path("search");
    const hits = [];
    for (const type of schema.types.values()) {
      if (type.name.toLowerCase().includes(wanted)) hits.push([type.name.toLowerCase() === wanted ? 0 : 2, make("div", "member", make("div", "sig", link(type.name)), make("div", "why", firstSentence(type.description)))]);
      for (const field of type.fields || type.inputFields || type.enumValues || []) {
        if (!field.name.toLowerCase().includes(wanted)) continue;
        const anchor = make("a", "", type.name + "." + field.name);
        anchor.onclick = () => open(type.name, field.name);
        hits.push([type.name === schema.query || type.name === schema.mutation ? 1 : 3, make("div", "member", make("div", "sig", anchor), make("div", "why", firstSentence(field.description)))]);
      }
    }
    hits.sort((a, b) => a[0] - b[0]);
    $("docs-body").replaceChildren(...(hits.length ? hits.slice(0, 100).map((hit) => hit[1]) : [make("p", "faint", "Nothing is called that.")]));
  }

  /* A call of a root field: its required arguments as variables, its leaves as a selection. */
  function use(root, field) {
    const required = field.args.filter((arg) => arg.type.kind === "NON_NULL" && !arg.defaultValue);
    const declared = required.length ? "(" + required.map((arg) => "$" + arg.name + ": " + written(arg.type)).join(", ") + ")" : "";
    const passed = required.length ? "(" + required.map((arg) => arg.name + ": $" + arg.name).join(", ") + ")" : "";
    const selection = leaves(named(field.type), 0);
    query.set(prettify((root === schema.mutation ? "mutation " : "query ") + field.name[0].toUpperCase() + field.name.slice(1) + declared + " { " + field.name + passed + " " + selection + " }"));
    variables.set(required.length ? JSON.stringify(Object.fromEntries(required.map((arg) => [arg.name, sample(arg.type, 0)])), null, 2) : "");
    $("query").focus();
  }
  function leaves(name, depth) {
    const type = schema.types.get(name);
    if (!type || !type.fields) return type && type.kind === "UNION" ? "{ __typename }" : "";
    const open_ = type.fields.filter((field) => !field.isDeprecated && !field.args.some((arg) => arg.type.kind === "NON_NULL" && !arg.defaultValue));
    const own = open_.filter((field) => !(schema.types.get(named(field.type)) || {}).fields && (schema.types.get(named(field.type)) || {}).kind !== "UNION").map((field) => field.name).slice(0, 8);
    const wrappers = depth < 3 ? open_.filter((field) => /^(edges|node|userErrors|pageInfo)$/.test(field.name) || (depth === 0 && /Payload$/.test(name))).map((field) => [field.name, leaves(named(field.type), depth + 1)]).filter(([, inner]) => inner) : [];
    const all = [...own, ...wrappers.map(([field, inner]) => field + " " + inner)];
    return "{ " + (all.length ? all.join(" ") : "__typename") + " }";
  }
  function sample(type, depth) {
    if (type.kind === "NON_NULL") return sample(type.ofType, depth);
    if (type.kind === "LIST") return [];
    const definition = schema.types.get(type.name) || {};
    if (definition.kind === "ENUM") return definition.enumValues[0].name;
    if (definition.kind === "INPUT_OBJECT") return depth > 3 ? {} : Object.fromEntries(definition.inputFields.filter((field) => field.type.kind === "NON_NULL" && !field.defaultValue).map((field) => [field.name, sample(field.type, depth + 1)]));
    return { Int: 0, Float: 0, Boolean: false }[type.name] ?? "";
  }

  /* ---- completion: where in the schema is the caret? ---- */

  function place(text) {
    const stack = [];
    let field = null, root = "query", argumentOf = null, parens = 0, fragment = null;
    for (const match of text.matchAll(QUERY_TOKEN)) {
      const token = match[0];
      if (match[1] || match[2]) continue;
      if (parens) {
        if (token === "(") parens += 1;
        if (token === ")") { parens -= 1; if (!parens) argumentOf = null; }
        continue;
      }
      if (token === "(") { parens = 1; argumentOf = field; }
      else if (token === "{") {
        if (!stack.length) stack.push(fragment || schema[root]);
        else stack.push(fragment || (field && named(field.type)) || null);
        field = null; fragment = null;
      } else if (token === "}") { stack.pop(); field = null; if (!stack.length) root = "query"; }
      else if (match[6]) {
        if (!stack.length && (token === "query" || token === "mutation")) root = token;
        else if (fragment === "") fragment = token;
        else if (token === "on") fragment = "";
        else if (stack.length) {
          const type = schema.types.get(stack[stack.length - 1]);
          field = (type && type.fields && type.fields.find((candidate) => candidate.name === token)) || null;
        }
      }
    }
    if (parens) return argumentOf ? argumentOf.args.map((arg) => ({ name: arg.name, type: arg.type, suffix: ": " })) : [];
    const type = schema.types.get(stack[stack.length - 1]);
    return [...((type && type.fields) || []), ...(stack.length ? [{ name: "__typename" }] : [])];
  }
  const list = $("completions");
  let offered = [], chosen = 0;
  function complete(explicit) {
    const area = $("query");
    const before = area.value.slice(0, area.selectionStart);
    const word = before.match(/[A-Za-z_]\w*$/)?.[0] || "";
    if (!schema || (!word && !explicit) || /\$\w*$|#[^\n]*$/.test(before)) { list.hidden = true; return; }
    const rank = (item) => item.name.toLowerCase().indexOf(word.toLowerCase());
    offered = place(before.slice(0, before.length - word.length)).filter((item) => rank(item) >= 0 && item.name !== word).sort((a, b) => rank(a) - rank(b)).slice(0, 40);
    chosen = 0;
    list.hidden = !offered.length;
    if (list.hidden) return;
    list.replaceChildren(...offered.map((item, index) => {
      const row = make("li", "", make("span", "n", item.name), make("span", "faint", item.type ? written(item.type) : ""));
      row.setAttribute("role", "option");
      row.onmousedown = (event) => { event.preventDefault(); chosen = index; accept(); };
      return row;
    }));
    mark();
    const lines = before.split("\n");
    const style = getComputedStyle(area);
    const measure = document.createElement("canvas").getContext("2d");
    measure.font = style.font;
    list.style.top = (lines.length * parseFloat(style.lineHeight) + 14) + "px";
    list.style.left = (area.parentElement.offsetLeft + 10 + measure.measureText(lines[lines.length - 1].slice(0, lines[lines.length - 1].length - word.length)).width) + "px";
  }
  function mark() {
    [...list.children].forEach((row, index) => row.setAttribute("aria-selected", String(index === chosen)));
    list.children[chosen]?.scrollIntoView({ block: "nearest" });
  }
  function accept() {
    const area = $("query");
    const item = offered[chosen];
    const word = area.value.slice(0, area.selectionStart).match(/[A-Za-z_]\w*$/)?.[0] || "";
    area.setRangeText(item.name + (item.suffix || ""), area.selectionStart - word.length, area.selectionStart, "end");
    list.hidden = true;
    query.paint();
    refreshOperations();
  }
  $("query").addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.key === " ") { event.preventDefault(); complete(true); return; }
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      chosen = (chosen + (event.key === "ArrowDown" ? 1 : offered.length - 1)) % offered.length;
      mark();
      event.preventDefault();
    } else if (event.key === "Enter" || event.key === "Tab") { accept(); event.preventDefault(); event.stopImmediatePropagation(); }
    else if (event.key === "Escape") { list.hidden = true; event.preventDefault(); }
  }, true);
  $("query").addEventListener("input", (event) => { complete(false); refreshOperations(); kept("query", query.get()); if (event.inputType === "deleteContentBackward") list.hidden = true; });
  $("query").addEventListener("blur", () => { list.hidden = true; });
  $("query").addEventListener("change", () => { refreshOperations(); kept("query", query.get()); });
  $("variables").addEventListener("input", () => kept("variables", variables.get()));
  $("variables").addEventListener("change", () => kept("variables", variables.get()));

  /* ---- the rest of the page ---- */

  function openTab(name) {
    for (const button of document.querySelectorAll("[data-tab]")) {
      const selected = button.dataset.tab === name;
      button.setAttribute("aria-selected", String(selected));
      $("tab-" + button.dataset.tab).hidden = !selected;
    }
  }
  document.querySelectorAll("[data-tab]").forEach((button) => { button.onclick = () => openTab(button.dataset.tab); });
  function toggleDocs() {
    const hidden = document.querySelector("main").classList.toggle("no-docs");
    $("docs-toggle").setAttribute("aria-pressed", String(!hidden));
  }
  $("docs-toggle").onclick = toggleDocs;
  $("docs-search").oninput = (event) => search(event.target.value);
  $("run").onclick = run;
  $("prettify").onclick = () => query.set(prettify(query.get()));
  $("token").oninput = keepToken;
  $("forget").onclick = () => { $("token").value = ""; keepToken(); };
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") { event.preventDefault(); run(); }
    if (event.ctrlKey && event.shiftKey && event.key.toLowerCase() === "p") { event.preventDefault(); $("prettify").click(); }
  });

  const examples = EXAMPLES.split(/^#> /m).slice(1).map((text) => {
    const [title, ...rest] = text.split("\n");
    const sent = rest.find((line) => line.startsWith("#$ "));
    return { title, query: rest.filter((line) => line !== sent).join("\n").trim() + "\n", variables: sent ? JSON.stringify(JSON.parse(sent.slice(3)), null, 2) : "" };
  });
  examples.forEach((example, index) => { const option = make("option", "", example.title); option.value = String(index); $("examples").append(option); });
  const show = (example) => { query.set(example.query); variables.set(example.variables); };
  $("examples").onchange = (event) => { if (event.target.value) show(examples[Number(event.target.value)]); event.target.value = ""; };

  try { $("token").value = sessionStorage.getItem("bfw.token") || ""; } catch { /* works without */ }
  const asked = new URLSearchParams(location.search);
  if (asked.get("query")) { query.set(asked.get("query")); variables.set(asked.get("variables") || ""); }
  else if ((kept("query") || "").trim()) { query.set(kept("query")); variables.set(kept("variables") || ""); }
  else show(examples[0]);
  showHistory();
  showWho();
  loadSchema();
})();
