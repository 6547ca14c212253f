// The projects and tasks of a workspace. The page's query is the query of the list of tasks.

import { all, call, showCost } from "./api.js";
import { attempt, copy, element, onSubmit } from "./forms.js";
import { readTask, taskFields } from "./tasks.js";

const api = location.pathname;
const at = (id) => document.getElementById(id);
const newTask = at("new-task");
let projects = [];
let loads = 0;

/** Requests everything that is shown, and shows it; the focus stays where it was. */
async function load() {
  const turn = ++loads;
  await attempt(at("projects-alert"), async () => {
    const found = await all(`${api}/projects`);
    if (turn !== loads) return;
    projects = found;
    keepFocus(at("projects"), at("projects-title"), showProjects);
  });
  await attempt(at("tasks-alert"), async () => {
    const list = await call("GET", `${api}/tasks${location.search}`);
    if (turn !== loads) return;
    keepFocus(at("tasks"), at("tasks-title"), () => showTasks(list));
  });
}

/** Shows another list. */
function go(parameters) {
  history.pushState(null, "", parameters.size ? `?${parameters}` : api);
  return load();
}

/** The query with some parameters changed; an empty value removes one. A changed list begins at its first page. */
function query(changes) {
  const parameters = new URLSearchParams(location.search);
  parameters.delete("page");
  for (const [name, value] of Object.entries(changes)) {
    if (value) parameters.set(name, value);
    else parameters.delete(name);
  }
  return parameters;
}

function say(text) {
  at("status").textContent = text;
}

function projectName(id) {
  return projects.find((project) => project.id === id)?.name ?? "";
}

function showProjects() {
  const current = new URLSearchParams(location.search).get("project");
  const everything = element("li", { "data-id": "all" }, link("All projects", query({ project: "" }), !current));
  at("projects").replaceChildren(everything, ...projects.map((project) => projectRow(project, current)));
  at("no-project").hidden = projects.length > 0;
  newTask.hidden = projects.length === 0;
  fillProjects(newTask.elements.project_id, current);
  fillProjects(at("move").elements.to_project);
}

/** Offers every project, and selects this one, or else the one that was selected before. */
function fillProjects(select, project) {
  const chosen = project || select.value;
  select.replaceChildren(...projects.map(({ id, name }) => element("option", { value: id }, name)));
  if (projects.some(({ id }) => String(id) === chosen)) select.value = chosen;
}

function link(text, parameters, isCurrent) {
  const attributes = { href: `?${parameters}`, "data-act": "open" };
  return element("a", isCurrent ? { ...attributes, "aria-current": "true" } : attributes, text);
}

function projectRow(project, current) {
  const row = copy("project-row");
  row.dataset.id = project.id;
  row.querySelector("a").replaceWith(link(project.name, query({ project: project.id }), current === String(project.id)));
  row.querySelector("p").textContent = project.description ?? "";
  const path = `${api}/projects/${project.id}`;
  act(row, "edit", project.name, () => {
    const form = copy("project-form");
    form.elements.name.value = project.name;
    form.elements.description.value = project.description ?? "";
    edit(row, form, `Edit ${project.name}`, path, readProject);
  });
  act(row, "delete", project.name, async () => {
    if (!confirm(`Delete ${project.name} and all its tasks?`)) return;
    await call("DELETE", path);
    say(`Deleted ${project.name}.`);
    if (current === String(project.id)) await go(query({ project: "" }));
    else await load();
  });
  return row;
}

function readProject({ elements }) {
  return { name: elements.name.value, description: elements.description.value || null };
}

function showTasks(list) {
  const parameters = new URLSearchParams(location.search);
  const [project, tag] = [Number(parameters.get("project")), parameters.get("tag")];
  at("tasks-title").textContent = `Tasks${project ? ` of ${projectName(project)}` : ""}${tag ? ` tagged ${tag}` : ""}`;
  for (const field of at("filter").querySelectorAll("[name]")) field.value = parameters.get(field.name) ?? "";
  at("tasks").replaceChildren(...list.items.map((task) => taskRow(task, !project)));
  showEmpty(list.total === 0, parameters);
  at("move").hidden = at("pages").hidden = list.total === 0;
  const last = Math.ceil(list.total / list.per_page);
  const page = (text, number) => element("a", { href: `?${withPage(parameters, number)}` }, text);
  at("pages").replaceChildren(
    list.total === 1 ? "1 task" : `${list.total} tasks`,
    ...(last > 1 ? [`, page ${list.page} of ${last}`] : []),
    ...(list.page > 1 ? [" ", page("Previous", list.page - 1)] : []),
    ...(list.page < last ? [" ", page("Next", list.page + 1)] : []),
    ...(tag ? [" ", element("a", { href: `?${query({ tag: "" })}` }, "All tags")] : []),
  );
}

/** Says why no task is shown, and what to do about it. */
function showEmpty(isEmpty, parameters) {
  const isFiltered = ["q", "done", "tag"].some((name) => parameters.has(name));
  at("no-tasks").hidden = !isEmpty || (projects.length === 0 && !isFiltered);
  at("no-tasks").replaceChildren(
    ...(isFiltered
      ? ["No task is like that. ", element("a", { href: `?${query({ q: "", done: "", tag: "" })}` }, "Show all")]
      : ["No task yet. Add the first one above."]),
  );
}

/** The date on which a task is due, and how late it is. */
function due({ due_on, done }) {
  const today = new Date().toLocaleDateString("sv");
  const days = Math.round((Date.parse(today) - Date.parse(due_on)) / 86_400_000);
  const date = element("time", { datetime: due_on }, due_on);
  if (done || days < 0) return element("span", {}, "due ", date);
  if (days === 0) return element("strong", {}, "due today, ", date);
  return element("strong", { class: "late" }, "due ", date, days === 1 ? ", 1 day late" : `, ${days} days late`);
}

function withPage(parameters, number) {
  const changed = new URLSearchParams(parameters);
  changed.set("page", number);
  return changed;
}

function taskRow(task, withProject) {
  const row = copy("task-row");
  row.dataset.id = task.id;
  row.classList.toggle("done", task.done);
  row.querySelector("input").setAttribute("aria-label", `Select ${task.title}`);
  row.querySelector(".title").textContent = task.title;
  const tag = (name) => element("a", { class: "tag", href: `?${query({ tag: name })}` }, name);
  const details = [
    withProject ? projectName(task.project_id) : "",
    task.due_on ? due(task) : "",
    task.estimate_hours === null ? "" : `${task.estimate_hours} h`,
  ].filter(Boolean);
  const separated = details.flatMap((detail, at) => (at === 0 ? [detail] : [" · ", detail]));
  row.querySelector("p").append(...separated, ...task.tags.flatMap((name) => [" ", tag(name)]));
  const path = `${api}/tasks/${task.id}`;
  row.querySelector('[data-act="done"]').textContent = task.done ? "Reopen" : "Done";
  act(row, "done", task.title, async () => {
    await call("PATCH", path, { done: !task.done });
    await load();
  });
  act(row, "edit", task.title, () => {
    const form = copy("project-form");
    form.querySelectorAll(".field").forEach((field) => field.remove());
    form.prepend(...taskFields(task));
    fillProjects(form.elements.project_id, String(task.project_id));
    edit(row, form, `Edit ${task.title}`, path, readTask);
  });
  act(row, "delete", task.title, async () => {
    if (!confirm(`Delete ${task.title}?`)) return;
    await call("DELETE", path);
    say(`Deleted ${task.title}.`);
    await load();
  });
  return row;
}

/** Sets what a button of a row does; a refusal is shown in the row. */
function act(row, name, subject, does) {
  const button = row.querySelector(`[data-act="${name}"]`);
  button.setAttribute("aria-label", `${button.textContent} ${subject}`);
  button.addEventListener("click", () => attempt(row, does));
}

/** Replaces the content of a row by a form until the form is cancelled or its changes are saved. */
function edit(row, form, label, path, read) {
  const before = read(form);
  const shown = [...row.childNodes];
  const back = () => {
    row.replaceChildren(...shown);
    row.querySelector('[data-act="edit"]').focus();
  };
  form.setAttribute("aria-label", label);
  form.querySelector('[data-act="cancel"]').addEventListener("click", back);
  form.addEventListener("keydown", (event) => event.key === "Escape" && back());
  onSubmit(form, async () => {
    const isSame = ([name, value]) => JSON.stringify(value) === JSON.stringify(before[name]);
    const changes = Object.entries(read(form)).filter((field) => !isSame(field));
    if (changes.length) await call("PATCH", path, Object.fromEntries(changes));
    back();
    await load();
  });
  row.replaceChildren(form);
  form.elements[0].focus();
}

/** Shows a list again and focuses the counterpart of the element that had the focus, or else the list's title. */
function keepFocus(list, title, show) {
  const held = list.contains(document.activeElement) ? document.activeElement : null;
  const [id, name] = [held?.closest("[data-id]")?.dataset.id, held?.dataset.act];
  show();
  if (held) (list.querySelector(`[data-id="${id}"] [data-act="${name}"]`) ?? title).focus();
}

at("workspace").textContent = decodeURIComponent(location.pathname.split("/")[2]);
document.title = `${at("workspace").textContent} · Work tracker`;
at("diagram").href = `${api}/diagram`;
newTask.append(...taskFields(), element("button", { class: "primary" }, "Add task"));

showCost((read, written) => {
  at("cost").textContent = `The last request read ${rows(read)} and wrote ${rows(written)}.`;
});

const rows = (count) => `${count} ${count === 1 ? "row" : "rows"}`;

onSubmit(at("new-project"), async () => {
  const project = await call("POST", `${api}/projects`, readProject(at("new-project")));
  at("new-project").reset();
  await go(query({ project: project.id }));
  at("new-project").elements.name.focus();
});

onSubmit(newTask, async () => {
  const task = await call("POST", `${api}/tasks`, readTask(newTask));
  const project = newTask.elements.project_id.value;
  newTask.reset();
  newTask.elements.project_id.value = project;
  newTask.elements.title.focus();
  say(`Added ${task.title} to ${projectName(task.project_id)}.`);
  await load();
});

onSubmit(at("filter"), () => go(query(Object.fromEntries(new FormData(at("filter"))))));

onSubmit(at("move"), async () => {
  const selected = at("tasks").querySelectorAll(":checked");
  const tasks = [...selected].map((box) => Number(box.closest("li").dataset.id));
  const to = Number(at("move").elements.to_project.value);
  const { moved } = await call("POST", `${api}/tasks/move`, { tasks, to_project: to });
  say(`Moved ${moved === 1 ? "1 task" : `${moved} tasks`} to ${projectName(to)}.`);
  await load();
});

document.addEventListener("click", (event) => {
  const target = event.target.closest('a[href^="?"]');
  if (!target || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  go(new URLSearchParams(target.getAttribute("href")));
});
addEventListener("popstate", load);

load();
