//! A chart of horizontal bars, as SVG on a light ground.

use std::fmt::Write;

const WIDTH: f64 = 860.0;
/// Where bars begin: left of it stand the names of the groups.
const LEFT: f64 = 210.0;
/// Room for the figure behind the longest bar.
const RIGHT: f64 = 70.0;
const TOP: f64 = 84.0;
const BAR: f64 = 16.0;
const GAP: f64 = 14.0;
const COLOURS: [&str; 5] = ["#1f6feb", "#2da44e", "#bf8700", "#8250df", "#cf222e"];

/// What a chart shows: for each group (a document) one bar for each series (a peer).
pub(crate) struct Chart {
    pub(crate) title: String,
    /// One line under the title: what the bars mean.
    pub(crate) meaning: String,
    pub(crate) series: Vec<String>,
    /// The name of each group and its values, in the order of the series; a value may be missing.
    pub(crate) groups: Vec<(String, Vec<Option<f64>>)>,
}

impl Chart {
    /// The chart as SVG. Bars are ratios; a dashed line stands at 1.
    pub(crate) fn svg(&self) -> String {
        let most = self.groups.iter().flat_map(|group| group.1.iter().flatten()).copied().fold(1.0, f64::max);
        let scale = (WIDTH - LEFT - RIGHT) / most;
        let rows = |group: &(String, Vec<Option<f64>>)| group.1.iter().flatten().count() as f64;
        let height = TOP + self.groups.iter().map(|group| rows(group) * BAR + GAP).sum::<f64>() + 12.0;
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"Helvetica, Arial, \
             'DejaVu Sans', sans-serif\" font-size=\"12\" fill=\"#1f2328\">\n\
             <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#ffffff\"/>\n\
             <text x=\"16\" y=\"26\" font-size=\"16\" font-weight=\"bold\">{}</text>\n\
             <text x=\"16\" y=\"46\" fill=\"#59636e\">{}</text>\n",
            escape(&self.title),
            escape(&self.meaning)
        );
        let mut x = 16.0;
        for (name, colour) in self.series.iter().zip(COLOURS) {
            let _ = writeln!(
                svg,
                "<rect x=\"{x}\" y=\"57\" width=\"11\" height=\"11\" fill=\"{colour}\"/>\
                 <text x=\"{}\" y=\"67\">{}</text>",
                x + 16.0,
                escape(name)
            );
            x += 44.0 + 6.6 * name.chars().count() as f64;
        }
        // Behind the bars, so that it crosses none of them.
        let one = LEFT + scale;
        let _ = writeln!(
            svg,
            "<line x1=\"{one:.1}\" y1=\"{}\" x2=\"{one:.1}\" y2=\"{}\" stroke=\"#8c959f\" stroke-dasharray=\"3 3\"/>\
             <text x=\"{one:.1}\" y=\"{}\" text-anchor=\"middle\" fill=\"#59636e\">1×</text>",
            TOP - 4.0,
            height - 18.0,
            height - 5.0
        );
        let mut y = TOP;
        for group in &self.groups {
            let middle = y + rows(group) * BAR / 2.0 + 4.0;
            let _ = writeln!(
                svg,
                "<text x=\"{}\" y=\"{middle}\" text-anchor=\"end\">{}</text>",
                LEFT - 10.0,
                escape(&group.0)
            );
            for (value, colour) in group.1.iter().zip(COLOURS) {
                let Some(value) = value else { continue };
                let width = (value * scale).max(1.0);
                let _ = writeln!(
                    svg,
                    "<rect x=\"{LEFT}\" y=\"{}\" width=\"{width:.1}\" height=\"{}\" fill=\"{colour}\"/>\
                     <text x=\"{:.1}\" y=\"{}\" stroke=\"#ffffff\" stroke-width=\"4\" paint-order=\"stroke\">{}</text>",
                    y + 1.0,
                    BAR - 2.0,
                    LEFT + width + 5.0,
                    y + BAR - 4.0,
                    ratio(*value)
                );
                y += BAR;
            }
            y += GAP;
        }
        svg.push_str("</svg>\n");
        svg
    }
}

/// `13.2×`: three digits at most.
pub(crate) fn ratio(value: f64) -> String {
    let places = if value < 10.0 { 2 } else { usize::from(value < 100.0) };
    format!("{value:.places$}×")
}

/// Text that XML reads as it is.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
