// Lets a reader copy the rows of a table or chart for a spreadsheet: tabs between the columns, a
// header row, numbers as precise as in the download. Where there is no clipboard, and on a page
// that is opened from disk, the files to download stand alone.
async function rows(address) {
  const { schema, data } = await (await fetch(address)).json();
  const head = ({ title, unit, group }) =>
    `${group ? `${group}: ` : ""}${title}${unit ? `, ${unit}` : ""}`;
  const cell = (value) => {
    const text = String(value ?? "").replace(/\s*[\t\r\n]\s*/g, " ");
    return text.startsWith('"') ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = [schema.fields.map(head), ...data.map((row) => schema.fields.map(({ name }) => row[name]))];
  const text = lines.map((line) => line.map(cell).join("\t")).join("\n");
  return new Blob([text], { type: "text/plain" });
}
const able = navigator.clipboard?.write && window.ClipboardItem && location.protocol !== "file:";
for (const link of able ? document.querySelectorAll("a[data-copy]") : []) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy for a spreadsheet";
  const status = document.createElement("span");
  status.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    status.textContent = "";
    try {
      await navigator.clipboard.write([new ClipboardItem({ "text/plain": rows(link.href) })]);
      status.textContent = "copied";
    } catch {
      status.textContent = "not copied; the CSV file holds the same";
    }
  });
  const item = document.createElement("li");
  item.append(button, " ", status);
  link.closest("ul").prepend(item);
}
