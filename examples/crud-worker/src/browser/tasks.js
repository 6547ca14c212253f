// The fields of a task, from JSON to a form and back.

import { copy } from "./forms.js";

/** Returns the form fields of a task, filled in if a task is given. */
export function taskFields(task) {
  const fields = copy("task-fields");
  if (task) {
    const values = { ...task, tags: task.tags.join(", ") };
    for (const field of fields.querySelectorAll("input")) field.value = values[field.name] ?? "";
  }
  return [...fields.children];
}

/** Reads a task from a form; an empty field becomes null or an empty list. */
export function readTask({ elements }) {
  return {
    title: elements.title.value,
    project_id: Number(elements.project_id.value),
    due_on: elements.due_on.value || null,
    estimate_hours: elements.estimate_hours.value === "" ? null : Number(elements.estimate_hours.value),
    tags: elements.tags.value.split(",").map((tag) => tag.trim()).filter(Boolean),
  };
}
