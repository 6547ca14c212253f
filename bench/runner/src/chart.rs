//! The chart of the README: times of bare JavaScript, a bar for each ORM.

use std::fmt::Write as _;

use super::report::Line;
use super::works::Contestant;

const BARS: [(Contestant, &str); 3] =
    [(Contestant::Kysely, "#9aa7b4"), (Contestant::Drizzle, "#c3ccd5"), (Contestant::Ours, "#d9480f")];
const WIDTH: f64 = 840.0;
const LABELS: f64 = 270.0;
const BAR: f64 = 13.0;
const GROUP: f64 = 54.0;
const TOP: f64 = 58.0;
/// Where the axis ends, as times of bare JavaScript.
const END: f64 = 10.0;

/// An SVG of its own, readable on light and on dark.
pub(super) fn draw<'a>(lines: impl IntoIterator<Item = &'a Line>) -> String {
    let lines: Vec<_> = lines.into_iter().collect();
    let mut body = String::new();
    let mut top = TOP;
    for line in &lines {
        let _ = writeln!(
            body,
            r#"<text x="{}" y="{}" text-anchor="end">{}</text>"#,
            LABELS - 12.0,
            top + 25.0,
            line.work.title
        );
        for (at, (contestant, colour)) in (0_u8..).zip(BARS) {
            let Some(ratio) = line.figures.ratio(contestant, Contestant::Bare) else { continue };
            let (y, width) = (top + f64::from(at) * (BAR + 1.0), x(ratio.median) - LABELS);
            let _ = writeln!(
                body,
                r#"<rect x="{LABELS}" y="{y}" width="{width:.1}" height="{BAR}" fill="{colour}"/><text class="n" x="{:.1}" y="{}">{:.1}</text>"#,
                LABELS + width + 5.0,
                y + BAR - 2.5,
                ratio.median,
            );
        }
        top += GROUP;
    }
    let (one, mut legend) = (x(1.0), String::new());
    for (at, (contestant, colour)) in (0_u8..).zip(BARS) {
        let x = LABELS + f64::from(at) * 110.0;
        let _ = writeln!(
            legend,
            r#"<rect x="{x}" y="30" width="{BAR}" height="{BAR}" fill="{colour}"/><text x="{}" y="41">{}</text>"#,
            x + 19.0,
            contestant.title(),
        );
    }
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="system-ui, sans-serif" font-size="13">
<style>text {{ fill: #1f2933 }} .n {{ font-size: 11px }} @media (prefers-color-scheme: dark) {{ text {{ fill: #e4e7eb }} }}</style>
<text x="{LABELS}" y="16" font-weight="600">Time beside ctx.storage.sql by hand in JavaScript, which is 1</text>
{legend}{body}<line x1="{one:.1}" y1="{TOP}" x2="{one:.1}" y2="{bottom}" stroke="#1c7ed6" stroke-width="1.5"/>
</svg>
"##,
        height = top + 6.0,
        bottom = top - 8.0,
    )
}

fn x(ratio: f64) -> f64 {
    LABELS + ratio.min(END) / END * (WIDTH - LABELS - 40.0)
}
