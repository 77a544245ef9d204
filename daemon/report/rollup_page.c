/* The packet as a page to take along: one file that needs nothing else.  No
 * script, no address that a browser would fetch: the policy in its head
 * forbids both, so that it stays true whatever stands in a row.
 *
 * Letters on marks are white on fills of a contrast of at least 4.5 in light
 * and in dark; all other text is in the page's two colours. */
#include "report/rollup_draw.h"
#include "report/rollup_inside.h"
#include "report/writer_html.h"

static const char style[] =
    ":root{--bg:#fff;--fg:#1b1b1b;--soft:#555;--edge:#767676}\n"
    "@media (prefers-color-scheme:dark){:root{--bg:#141414;--fg:#ececec;"
    "--soft:#b8b8b8;--edge:#8c8c8c}}\n"
    "body{margin:0;background:var(--bg);color:var(--fg);"
    "font:16px/1.5 system-ui,sans-serif}\n"
    "main{max-width:64rem;margin:0 auto;padding:1rem}\n"
    "h1{font-size:1.5rem;line-height:1.25}\n"
    "h2{font-size:1.15rem;margin:2rem 0 .5rem}\n"
    "p{margin:.5rem 0;max-width:46rem;overflow-wrap:anywhere}\n"
    "p.item{padding-left:1rem}\n"
    "p.answer{font-size:1.25rem;font-weight:bold}\n"
    ".wide{overflow-x:auto}\n"
    "table{border-collapse:collapse;font-size:.9rem;margin:.5rem 0;"
    "width:max-content;max-width:62rem}\n"
    "th,td{border:1px solid var(--edge);padding:.25rem .5rem;"
    "text-align:left;vertical-align:top}\n"
    "thead th{white-space:nowrap}\n"
    "tbody th{position:sticky;left:0;background:var(--bg)}\n"
    ".n{text-align:right;font-variant-numeric:tabular-nums}\n"
    "figure{margin:1rem 0}\n"
    "figcaption{font-size:.9rem;color:var(--soft);max-width:46rem}\n"
    "svg{display:block;margin:.4rem 0}\n"
    "svg.defs{position:absolute;margin:0}\n"
    "svg text{font:12px system-ui,sans-serif;fill:var(--fg)}\n"
    "svg text.name{font-weight:bold}\n"
    "svg text.day{font-size:9px;text-anchor:middle}\n"
    "svg text.mark{font-size:10px;font-weight:bold;text-anchor:middle;"
    "fill:#fff}\n"
    ".mP,.mR{fill:#1a6e33}.mH{fill:#8a5300}.mI{fill:#6639ba}"
    ".mF,.mX{fill:#b3261e}.mC{fill:#8a5300}\n"
    ".hatch{fill:url(#hatch)}.dots{fill:url(#dots)}\n"
    ".open{fill:none;stroke:var(--edge)}\n"
    ".line{stroke:#fff;stroke-width:1.2}.dot{fill:#fff}\n"
    "pre{overflow-x:auto;font-size:.8rem}\n"
    ":focus-visible{outline:2px solid var(--fg);outline-offset:2px}\n"
    "@media print{:root{--bg:#fff;--fg:#000;--soft:#333;--edge:#666;"
    "font-size:10pt}\n"
    "body{font-size:1rem;-webkit-print-color-adjust:exact;"
    "print-color-adjust:exact}\n"
    "main{max-width:none;padding:0}\n"
    ".wide{overflow:visible}\n"
    "table,svg,tr{break-inside:avoid}\n"
    "table{width:100%;font-size:8pt}\n"
    "th,td{overflow-wrap:anywhere;padding:.2rem .3rem}\n"
    "thead th,.n{white-space:normal;overflow-wrap:normal}\n"
    "tbody th{position:static}\n"
    "svg{max-width:100%;height:auto}\n"
    "h2,h2+p,figcaption{break-after:avoid}\n"
    "p,figcaption{break-inside:avoid}\n"
    "figcaption+.wide{break-before:avoid}\n"
    "details{display:none}}\n"
    "@media print and (max-width:16cm){"
    "thead th,.n{overflow-wrap:anywhere}}\n";

static void
put_head(const struct rollup *r, struct buf *out)
{
	struct buf title = {0};

	rollup_title(r, &title);
	buf_puts(out,
		 "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
		 "<meta charset=\"utf-8\">\n"
		 "<meta http-equiv=\"Content-Security-Policy\" "
		 "content=\"default-src 'none'; style-src 'unsafe-inline'; "
		 "img-src data:; base-uri 'none'; form-action 'none'\">\n"
		 "<meta name=\"viewport\" "
		 "content=\"width=device-width, initial-scale=1\">\n"
		 "<meta name=\"color-scheme\" content=\"light dark\">\n"
		 "<meta name=\"referrer\" content=\"no-referrer\">\n"
		 "<link rel=\"icon\" href=\"data:,\">\n<title>");
	html_escape(out, buf_text(&title));
	buf_printf(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n",
		   style);
	rollup_draw_patterns(out);
	buf_puts(out, "<main>\n<section>\n");
	buf_free(&title);
}

void
rollup_page(const struct rollup *r, struct buf *out)
{
	struct writer w = {
	    .format = WRITER_HTML, .width = WRITER_WIDTH_MIN, .out = out};

	put_head(r, out);
	rollup_print(r, &w);
	out->failed |= !writer_ok(&w);
	buf_puts(out, "</section>\n</main>\n</body>\n</html>\n");
}
