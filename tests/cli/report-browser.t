#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The page of vmapbench report in a real browser, headless: that it renders without a complaint, sorts, filters, fits a
# telephone and a desk, and can be read in light and dark. chromedriver speaks WebDriver (https://www.w3.org/TR/webdriver/)
# on loopback. VMAPBENCH names the program, BUILD the folder with make-run; the pictures go to SHOTS when it is set.
# shellcheck disable=SC2016

vmapbench=$(command -v "${VMAPBENCH:-vmapbench}")
make_run=$(realpath "${BUILD:-$(dirname "$vmapbench")}/tests/make-run")
runs=$(cd "$(dirname "$0")/../data/runs" && pwd)
. "$(dirname "$0")/../tap.sh"
driver=
trap 'stop_browser; rm -rf "$scratch"' EXIT

for program in chromium chromedriver curl jq; do
	command -v $program >/dev/null && continue
	skip "the page in a browser" "$program is not installed"
	done_testing
	exit
done

cd "$scratch" || exit 1
shots=${SHOTS:-$scratch/shots}
mkdir -p "$shots" home
export HOME=$scratch/home

wire() # METHOD PATH [JSON]: the answer's value
{
	curl -s --max-time 60 -X "$1" -H 'Content-Type: application/json' "http://127.0.0.1:$port$2" ${3:+-d "$3"}
}

start_browser()
{
	local options

	chromedriver --port=0 >driver.log 2>&1 &
	driver=$!
	for _ in $(seq 100); do
		port=$(sed -n 's/.*started successfully on port \([0-9]*\)\..*/\1/p' driver.log)
		[ -n "$port" ] && break
		sleep 0.1
	done
	options=$(jq -nc '{capabilities: {alwaysMatch: {browserName: "chrome", "goog:loggingPrefs": {browser: "ALL"},
		"goog:chromeOptions": {args: ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]}}}}')
	session=/session/$(wire POST /session "$options" | jq -r '.value.sessionId // empty')
	[ "$session" != /session/ ]
}

stop_browser()
{
	[ -n "$driver" ] || return
	wire DELETE "$session" >/dev/null
	kill "$driver"
	wait "$driver" 2>/dev/null
	driver=
}

open() # FILE
{
	wire POST "$session/url" "$(jq -nc --arg url "file://$(realpath "$1")" '{url: $url}')" >answer
}

js() # SCRIPT: what it returns, as JSON
{
	wire POST "$session/execute/sync" "$(jq -nc --arg script "$1" '{script: $script, args: []}')" | jq -c .value
}

devtools() # COMMAND JSON
{
	wire POST "$session/goog/cdp/execute" "$(jq -nc --arg cmd "$1" --argjson params "$2" '{cmd: $cmd, params: $params}')"
}

screen() # WIDTH HEIGHT light|dark [print]
{
	devtools Emulation.setDeviceMetricsOverride "{\"width\": $1, \"height\": $2, \"deviceScaleFactor\": 1, \"mobile\": false}" >answer
	devtools Emulation.setEmulatedMedia \
		"{\"media\": \"${4:-}\", \"features\": [{\"name\": \"prefers-color-scheme\", \"value\": \"$3\"}]}" >answer
}

shoot() # NAME
{
	wire GET "$session/screenshot" | jq -r .value | base64 -d >"$shots/$1.png"
	[ "$(stat -c %s "$shots/$1.png")" -gt 10000 ]
}

element() # SELECTOR: its path
{
	echo "$session/element/$(wire POST "$session/element" "$(jq -nc --arg value "$1" '{using: "css selector", value: $value}')" |
		jq -r '.value | to_entries[0].value')"
}

click() # SELECTOR
{
	wire POST "$(element "$1")/click" '{}' >answer
}

type_into() # SELECTOR TEXT
{
	wire POST "$(element "$1")/value" "$(jq -nc --arg text "$2" '{text: $text}')" >answer
}

complaints() # what the browser has logged since it was last asked
{
	wire POST "$session/se/log" '{"type": "browser"}' | jq -c '.value[] | .message'
}

is() # NAME EXPECTED FOUND
{
	[ "$2" = "$3" ] || { echo "expected: $2"; echo "found:    $3"; } >err
	[ "$2" = "$3" ]
	ok $? "$1"
}

rows_shown='return [...document.querySelectorAll("table.rows tbody tr")].filter((r) => !r.hidden).map((r) => r.cells[0].textContent)'

# What is wider than the screen scrolls in a box of its own.
too_wide='const d = document.scrollingElement;
return d.scrollWidth <= innerWidth ? [] : [d.scrollWidth, ...[...document.body.querySelectorAll("*")]
	.filter((e) => e.getBoundingClientRect().right > innerWidth && !e.closest(".scroll, .chart, pre"))
	.map((e) => e.tagName + " " + e.className)].slice(0, 5)'

# Tables of rows that do not fit their boxes on a desk; rows whose gain and verdict are not whole on the screen.
tables_cut='return [...document.querySelectorAll("table.rows")].filter((t) => t.parentNode.scrollWidth > t.parentNode.clientWidth)
	.map((t) => [t.caption.textContent, t.parentNode.clientWidth, t.parentNode.scrollWidth])'
verdicts_cut='const rows = [...document.querySelectorAll("table.rows tbody tr")];
if (!rows.length || rows.some((r) => !r.querySelector("td.verdict"))) return ["no rows, or no verdict"];
return rows.flatMap((r) => [...r.cells].filter((c) => c.cellIndex === 2 || c.className === "verdict")
	.filter((c) => { const d = c.getBoundingClientRect(), box = c.closest(".scroll").getBoundingClientRect();
		return !d.width || d.left < 0 || d.right > Math.min(innerWidth, box.right) || d.right > d.left + c.clientWidth + 1 || c.scrollWidth > c.clientWidth; })
	.map((c) => [r.cells[0].textContent, c.textContent]))'

# The contrast of two colours (https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio).
contrast='function channel(c) { c /= 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; }
function parts(color) { return color.match(/[\d.]+/g).map(Number); }
function luminance(p) { return 0.2126 * channel(p[0]) + 0.7152 * channel(p[1]) + 0.0722 * channel(p[2]); }
function contrast(p, q) { const a = luminance(p), b = luminance(q); return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05); }
'

# Text that is fainter than WCAG's level AA wants, 4.5 to 1, or 3 where it is large; pictures of gnuplot have their own card.
too_faint=$contrast'
function ground(e) {
	for (; e; e = e.parentElement) {
		const p = parts(getComputedStyle(e).backgroundColor);
		if (p.length < 4 || p[3] === 1) return p;
	}
	return [255, 255, 255];
}
const faint = [];
let seen = 0;
for (const e of document.body.querySelectorAll("*")) {
	const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
	if (!own || e.closest("script, .chart") || !e.getClientRects().length) continue;
	const style = getComputedStyle(e);
	const ratio = contrast(parts(e instanceof SVGElement ? style.fill : style.color), ground(e));
	seen++;
	if (ratio < (parseFloat(style.fontSize) >= 24 ? 3 : 4.5)) faint.push([e.tagName, e.className, ratio, e.textContent.slice(0, 30)]);
}
return seen > 50 ? faint : ["only", seen];'

# Boxes of flame graphs that say nothing when pointed at; labels that are not dark on the halo that lies under them.
flames_mute=$contrast'
const boxes = [...document.querySelectorAll(".chart rect")].filter((r) => r.getAttribute("stroke-width") === "0.4");
const labels = boxes.flatMap((r) => [...r.parentNode.querySelectorAll(":scope > text")]);
if (boxes.length < 10 || labels.length < 3) return ["only", boxes.length, labels.length];
return boxes.filter((r) => !/: baseline .* candidate .* difference /.test(r.parentNode.querySelector(":scope > title")?.textContent)).map((r) => r.outerHTML)
	.concat(labels.filter((t) => { const s = getComputedStyle(t);
		return !s.paintOrder.startsWith("stroke") || contrast(parts(s.fill), parts(s.stroke)) < 4.5; }).map((t) => t.textContent))'

# Of drawn runs, and of one that was measured, which docs/gallery/README.md shows.
pages="wide timed traced series sampled profiled memory maple-quick-timed"
for run in $pages; do "$vmapbench" report "$runs/$run" --out $run.html >out 2>err || exit 1; done
"$make_run" machines machines && "$vmapbench" report machines --out machines.html >out 2>err || exit 1
start_browser
ok $? "a browser is there"

for page in $pages machines; do
	open $page.html
	is "$page: the browser has nothing to say" "" "$(complaints)"
	is "$page: nothing was fetched" 0 "$(js 'return performance.getEntriesByType("resource").length')"
	for width in 390 1400; do
		screen $width 844 light
		is "$page: each gain and verdict is whole on a screen of $width" '[]' "$(js "$verdicts_cut")"
		[ $width -lt 1400 ] || is "$page: each table of rows fits its box" '[]' "$(js "$tables_cut")"
		is "$page: nothing stands out of a screen of $width" '[]' "$(js "$too_wide")"
		js 'document.querySelectorAll("details").forEach((d) => { d.open = true; })' >answer
		is "$page: nor when all is opened" '[]' "$(js "$too_wide")"
		open $page.html
	done
done

for page in timed traced maple-quick-timed; do
	open $page.html
	for scheme in light dark; do
		screen 1400 1000 $scheme
		js 'document.querySelectorAll("details").forEach((d) => { d.open = true; })' >answer
		is "$page: everything can be read, $scheme" '[]' "$(js "$too_faint")"
		is "$page: a chart has its white card, $scheme" '"rgb(255, 255, 255)"' \
			"$(js 'return getComputedStyle(document.querySelector(".chart")).backgroundColor')"
	done
	is "$page: dark is dark" true "$(js 'return getComputedStyle(document.body).backgroundColor !== "rgb(252, 252, 250)"')"
	for width in 390 1400; do
		for scheme in light dark; do
			screen $width 1000 $scheme
			check "$page: is drawn, $width wide, $scheme" shoot $page-$width-$scheme
		done
	done
done
screen 1400 1000 light

# Sorting, against the numbers of compare.
open wide.html
"$vmapbench" compare "$runs/wide" --format json >wide.json
sorted() # KEY FLAGS of sort: the names in that order, as JSON; what is equal stays as it was
{
	jq -r ".arms[] | .rows[] | \"\(.$1) \(.cell)\"" wide.json | sort -s -k1,1"$2" | cut -d' ' -f2- | jq -Rnc '[inputs]'
}
gain='table.rows th:nth-of-type(3) button'
is "there are all rows" "$(jq -c '[.arms[].rows[].cell]' wide.json)" "$(js "$rows_shown")"
click "$gain"
is "a click on the head of the gain sorts by it" "$(sorted gain_pct g)" "$(js "$rows_shown")"
is "and says so" '"ascending"' "$(js 'return document.querySelector("table.rows [aria-sort]").getAttribute("aria-sort")')"
click "$gain"
is "a second one turns it round" "$(sorted gain_pct gr)" "$(js "$rows_shown")"
is "one head is sorted by, downwards" '["gain %","descending"]' \
	"$(js 'const s = [...document.querySelectorAll("table.rows [aria-sort]")]; return s.flatMap((e) => [e.textContent, e.getAttribute("aria-sort")])')"
type_into 'table.rows th:nth-of-type(7) button' $'\uE007'
is "a key does what a click does" "$(sorted baseline_median g)" "$(js 'return [...document.querySelectorAll("table.rows tbody tr")].map((r) => r.cells[0].textContent)')"
click 'table.rows th:nth-of-type(1) button'
is "and back to the order of the plan" "$(jq -c '[.arms[].rows[].cell]' wide.json)" "$(js "$rows_shown")"

type_into '.tools input' 'full_fit /4/'
is "the filter leaves what has all of its words" '["full_fit_alloc_test/4/p512/huge"]' "$(js "$rows_shown")"
is "and counts it" '"1 of 36 rows"' "$(js 'return document.querySelector(".tools [role=status]").textContent')"

# Two clicks to the raw numbers: the name of the row, and its boots are on the screen.
open wide.html
click 'table.rows tbody tr:nth-child(8) a'
is "a click on a row opens its boots" '[true,12]' \
	"$(js 'const d = document.querySelector("details:target"); return [d.open, d.querySelectorAll("tbody tr").length]')"
is "and brings them onto the screen" true \
	"$(js 'const r = document.querySelector("details:target").getBoundingClientRect(); return r.top >= 0 && r.top < innerHeight')"

# What a keyboard reaches has a mark, and boxes that scroll can be reached.
is "each box that scrolls has a name and a place in the order of keys" true \
	"$(js 'return [...document.querySelectorAll(".scroll, .chart")].every((e) => e.tabIndex === 0 && e.getAttribute("aria-label"))')"
is "headings leave out no level" true \
	"$(js 'let last = 0; return [...document.querySelectorAll("h1, h2, h3, h4")].every((h) => { const n = +h.tagName[1], good = n <= last + 1; last = n; return good; })')"
is "every table has its caption and its heads a scope" true \
	"$(js 'return [...document.querySelectorAll("table")].every((t) => t.caption && t.caption.textContent) && [...document.querySelectorAll("th")].every((t) => t.scope)')"
is "the language is said" '"en"' "$(js 'return document.documentElement.lang')"

# A gallery's run says what compare says of it, in the order of the plan.
"$vmapbench" compare "$runs/maple-quick-timed" --format json >maple.json
open maple-quick-timed.html
is "a measured run has its rows" "$(jq -c '[.arms[] | select(.role == "candidate") | .rows[] | [.cell, .verdict]]' maple.json)" \
	"$(js 'return [...document.querySelectorAll("table.rows tbody tr")].map((r) => [r.cells[0].textContent, r.querySelector(".verdict").lastChild.data.trim()])')"
is "and the charts that were drawn of it" true "$(js 'return document.querySelectorAll(".chart svg").length > 4')"

# What is pointed at says what it is.
open sampled.html
is "each box of a flame graph has its tip, each label its halo below" '[]' "$(js "$flames_mute")"

# Hostile text stays text.
cp -r "$runs/failed" hostile
jq '.plan.text |= sub("title: [^\n]*"; "title: \"</script><img src=x onerror=document.title=1>\"")' "$runs/failed/manifest.json" >hostile/manifest.json
"$vmapbench" report hostile >out 2>err
open hostile/report.html
is "a hostile title is a title" '"</script><img src=x onerror=document.title=1>"' "$(js 'return document.querySelector("h1").textContent')"
is "and runs nothing" '["</script><img src=x onerror=document.title=1>",0]' "$(js 'return [document.title, document.images.length]')"
is "nobody has asked the policy in vain" "" "$(complaints)"

# The policy is what it says: what got in all the same could do nothing.
sed 's|<h1>|<script>document.title="in"</script><img src="https://127.0.0.1:1/x.png" onerror="document.title=2">&|' timed.html >breached.html
open breached.html
is "the policy stops a script" '"slower and faster, drawn"' "$(js 'return document.title')"
check "and a picture from elsewhere" grep -q 'Content Security Policy' <(complaints)

# On paper.
for page in wide timed traced series maple-quick-timed; do
	open $page.html
	screen 700 1000 light print
	js 'document.querySelectorAll("details").forEach((d) => { d.open = true; })' >answer
	is "$page: nothing stands out of paper" '[]' "$(js "$too_wide")"
done
open timed.html
is "paper has no buttons, fields or links to places" '["none","none"]' \
	"$(js 'return ["nav", ".tools"].map((s) => getComputedStyle(document.querySelector(s)).display)')"
devtools Page.printToPDF '{}' | jq -r .value.data | base64 -d >timed.pdf
check "it is printed" grep -q '^%PDF' timed.pdf
done_testing
