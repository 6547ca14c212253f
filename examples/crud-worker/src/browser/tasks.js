// The fields of a task, from the JSON and back to it.

import { copy } from "./forms.js";

/** The fields of a form for a task, filled with one that is given. */
export function taskFields(task) {
  const fields = copy("task-fields");
  if (task) {
    const values = { ...task, tags: task.tags.join(", ") };
    for (const field of fields.querySelectorAll("input")) field.value = values[field.name] ?? "";
  }
  return [...fields.children];
}

/** What a form says of a task; what is left empty is none. */
export function readTask({ elements }) {
  return {
    title: elements.title.value,
    project_id: Number(elements.project_id.value),
    due_on: elements.due_on.value || null,
    estimate_hours: elements.estimate_hours.value === "" ? null : Number(elements.estimate_hours.value),
    tags: elements.tags.value.split(",").map((tag) => tag.trim()).filter(Boolean),
  };
}
