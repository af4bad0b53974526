// SPDX-License-Identifier: GPL-2.0-only
// The page is whole without this: it only sorts and filters the tables of rows, and opens what a link leads to.
"use strict";
(function () {
	function value(row, column) {
		const text = row.cells[column].dataset.v;

		return text === undefined || text === "" ? NaN : Number(text);
	}

	// What has no number stands last in both directions; what is equal stays as it was.
	function compare(a, b, sign) {
		if (Number.isNaN(a) || Number.isNaN(b))
			return Number.isNaN(a) - Number.isNaN(b);
		return sign * (a - b);
	}

	function sort(table, head) {
		const descending = head.getAttribute("aria-sort") === "ascending";
		const body = table.tBodies[0];
		const rows = Array.from(body.rows);

		for (const other of table.tHead.rows[0].cells)
			other.removeAttribute("aria-sort");
		head.setAttribute("aria-sort", descending ? "descending" : "ascending");
		rows.sort((a, b) => compare(value(a, head.cellIndex), value(b, head.cellIndex), descending ? -1 : 1));
		body.append(...rows);
	}

	function addButtons(table) {
		for (const head of table.querySelectorAll("th[data-sort]")) {
			const button = document.createElement("button");

			button.type = "button";
			button.append(...head.childNodes);
			button.addEventListener("click", () => sort(table, head));
			head.append(button);
		}
	}

	function addFilter(table) {
		const tools = document.createElement("div");
		const label = document.createElement("label");
		const input = document.createElement("input");
		const count = document.createElement("span");
		const rows = Array.from(table.tBodies[0].rows);

		function filter() {
			const words = input.value.toLowerCase().split(/\s+/);
			let shown = 0;

			for (const row of rows) {
				const text = row.textContent.toLowerCase();

				row.hidden = !words.every((word) => text.includes(word));
				shown += !row.hidden;
			}
			count.textContent = shown + " of " + rows.length + " rows";
		}

		tools.className = "tools";
		input.type = "search";
		input.placeholder = "full_fit, improved, ...";
		label.append("Filter ", input);
		count.setAttribute("role", "status");
		tools.append(label, count);
		table.parentNode.before(tools);
		input.addEventListener("input", filter);
		filter();
	}

	function openTarget() {
		const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));

		if (target && target.tagName === "DETAILS")
			target.open = true;
	}

	for (const table of document.querySelectorAll("table.rows")) {
		addButtons(table);
		addFilter(table);
	}
	window.addEventListener("hashchange", openTarget);
	openTarget();
})();
