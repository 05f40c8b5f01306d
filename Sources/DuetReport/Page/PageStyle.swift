/// The report's style sheet: one column of sections, light or dark as the reader's system is, one or more figures side by side
/// as the width allows. Paper is always light.
enum PageStyle {
    static let css = """
        :root {
            color-scheme: light;
            --paper: #ffffff; --ink: #1f2328; --quiet: #59636e; --rule: #d5dae0; --panel: #f6f8fa; --link: #0757a8;
            --wrong: #b3261e; --right: #116329;
        }
        @media screen and (prefers-color-scheme: dark) {
            :root {
                color-scheme: dark;
                --paper: #15181c; --ink: #e6edf3; --quiet: #9aa4af; --rule: #343b43; --panel: #1c2127; --link: #79b8ff;
                --wrong: #ff9d94; --right: #7ee08f;
            }
        }
        * { box-sizing: border-box; }
        body {
            margin: 0 auto; padding: 1rem clamp(0.75rem, 3vw, 2rem) 3rem; max-width: 76rem;
            background: var(--paper); color: var(--ink);
            font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
            overflow-wrap: anywhere;
        }
        h1 { margin: 0.5rem 0 0; font-size: 1.7rem; line-height: 1.2; }
        h2 { margin: 2.5rem 0 0.5rem; padding-bottom: 0.25rem; border-bottom: 1px solid var(--rule); font-size: 1.3rem; }
        p { max-width: 48rem; margin: 0.5rem 0; }
        a { color: var(--link); }
        .quiet, figcaption, caption { color: var(--quiet); font-size: 0.875rem; }
        nav ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; margin: 1rem 0; padding: 0; list-style: none; }
        .notes { border-left: 4px solid var(--wrong); padding: 0.25rem 0 0.25rem 0.75rem; margin: 1rem 0; }
        .cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 0.75rem; margin: 1rem 0; padding: 0; }
        .cards div { background: var(--panel); border: 1px solid var(--rule); border-radius: 0.5rem; padding: 0.6rem 0.8rem; }
        .cards dt { font-size: 0.875rem; color: var(--quiet); }
        .cards dd { margin: 0; }
        .cards dd:first-of-type { font-size: 1.5rem; font-weight: 600; font-variant-numeric: tabular-nums; }
        .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(21rem, 100%), 1fr)); gap: 1.25rem; align-items: start; }
        .figures > :only-child { max-width: 36rem; }
        figure { margin: 0; min-width: 0; break-inside: avoid; }
        figure img { display: block; width: 100%; height: auto; border: 1px solid var(--rule); border-radius: 0.5rem; }
        .wide { grid-column: 1 / -1; max-width: 44rem; }
        figcaption { margin-top: 0.4rem; }
        details { margin-top: 0.4rem; font-size: 0.875rem; }
        summary { cursor: pointer; color: var(--link); }
        .scroll { overflow-x: auto; max-height: 30rem; overflow-y: auto; }
        table { border-collapse: collapse; font-size: 0.875rem; font-variant-numeric: tabular-nums; }
        caption { text-align: left; padding: 0.25rem 0; }
        th, td { overflow-wrap: normal; padding: 0.15rem 0.6rem; border-bottom: 1px solid var(--rule); text-align: left; }
        th.number, td.number { text-align: right; }
        .gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(19rem, 100%), 1fr)); gap: 1rem; padding: 0; list-style: none; }
        .gallery li { border: 1px solid var(--rule); border-radius: 0.5rem; padding: 0.75rem; background: var(--panel); break-inside: avoid; }
        .gallery h3 { margin: 0 0 0.5rem; font-size: 1rem; }
        .pictures { display: grid; grid-template-columns: 1fr 1fr; gap: 0.5rem; }
        .pictures img { display: block; width: 100%; height: 7.5rem; object-fit: contain; image-rendering: pixelated; background: #000; border-radius: 0.25rem; }
        .pictures .audio img { height: 4.5rem; object-fit: fill; }
        .pictures figcaption { margin: 0.1rem 0 0; font-size: 0.75rem; }
        .gallery table { width: 100%; margin-top: 0.5rem; font-size: 0.8125rem; }
        .gallery th, .gallery td { padding: 0.1rem 0.25rem; }
        .wrong { color: var(--wrong); font-weight: 600; }
        .right { color: var(--right); font-weight: 600; }
        audio { width: 100%; margin-top: 0.5rem; }
        pre { overflow-x: auto; background: var(--panel); border: 1px solid var(--rule); border-radius: 0.5rem; padding: 0.75rem; font-size: 0.8125rem; }
        @media print {
            body { max-width: none; padding: 0; font-size: 10pt; }
            nav, details { display: none; }
            h2 { break-after: avoid; }
            .figures { grid-template-columns: 1fr 1fr; }
            .gallery { grid-template-columns: repeat(3, 1fr); }
            .pictures img { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
        }
        """
}
