using System.Globalization;

namespace JobForge.Handlers.Growth;

/// <summary>
/// robots.txt by RFC 9309: the groups of our product token, else those of <c>*</c>; the longest matching rule decides, allow before disallow
/// at equal length; <c>*</c> and a final <c>$</c> in paths.
/// </summary>
public sealed class RobotsRules
{
    private readonly List<(bool Allow, string Pattern)> _rules = [];

    private RobotsRules()
    {
    }

    /// <summary>What a missing robots.txt (4xx) means.</summary>
    public static RobotsRules AllowAll { get; } = new();

    /// <summary>What a broken server (5xx, no answer) means: hands off until it says more.</summary>
    public static RobotsRules DisallowAll { get; } = Parse("User-agent: *\nDisallow: /", "any");

    /// <summary>The site's wish in seconds (not in the RFC, but common); null when it has none.</summary>
    public double? CrawlDelaySeconds { get; private set; }

    /// <summary>Sitemap URLs as written; they belong to no group.</summary>
    public IReadOnlyList<string> Sitemaps { get; private set; } = [];

    /// <param name="productToken">Ours, e.g. <c>JobForgeBot</c>; compared without case.</param>
    public static RobotsRules Parse(string text, string productToken)
    {
        var groups = Groups(text, out var sitemaps);
        var own = groups.Where(group => group.Agents.Contains(productToken, StringComparer.OrdinalIgnoreCase)).ToList();
        var chosen = own.Count > 0 ? own : groups.Where(group => group.Agents.Contains("*", StringComparer.Ordinal)).ToList();
        var rules = new RobotsRules { Sitemaps = sitemaps, CrawlDelaySeconds = chosen.Select(group => group.Delay).FirstOrDefault(delay => delay is not null) };
        rules._rules.AddRange(chosen.SelectMany(group => group.Rules));
        return rules;
    }

    /// <param name="pathAndQuery">As requested, percent-encoded.</param>
    public bool Allows(string pathAndQuery)
    {
        if (pathAndQuery == "/robots.txt")
        {
            return true;
        }

        var path = Normal(pathAndQuery);
        var (length, allow) = (-1, true);
        foreach (var rule in _rules)
        {
            if (rule.Pattern.Length >= length && Matches(rule.Pattern, path))
            {
                allow = rule.Pattern.Length > length ? rule.Allow : allow || rule.Allow;
                length = rule.Pattern.Length;
            }
        }

        return allow;
    }

    private static List<Group> Groups(string text, out IReadOnlyList<string> sitemaps)
    {
        var groups = new List<Group>();
        var maps = new List<string>();
        var current = new Group();
        foreach (var raw in text.TrimStart('\uFEFF').Split('\n', '\r'))
        {
            var line = raw.Split('#')[0];
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0)
            {
                continue;
            }

            var (key, value) = (line[..colon].Trim().ToLowerInvariant(), line[(colon + 1)..].Trim());
            if (key == "sitemap")
            {
                maps.Add(value);
            }
            else if (key == "user-agent")
            {
                current = current.Closed || current.Agents.Count == 0 ? Started(groups) : current;
                current.Agents.Add(value.Split('/', ' ')[0]);
            }
            else
            {
                current.Take(key, value);
            }
        }

        sitemaps = maps;
        return groups;
    }

    private static Group Started(List<Group> groups)
    {
        var group = new Group();
        groups.Add(group);
        return group;
    }

    /// <summary>Backtracks only to the latest star, so that a hostile pattern costs at most the product of both lengths.</summary>
    private static bool Matches(string pattern, string path)
    {
        var anchored = pattern.EndsWith('$');
        var glob = anchored ? pattern[..^1] : pattern + "*";
        var (at, from, star, mark) = (0, 0, -1, 0);
        while (from < path.Length)
        {
            if (at < glob.Length && glob[at] == '*')
            {
                (star, mark) = (at++, from);
            }
            else if (at < glob.Length && glob[at] == path[from])
            {
                at++;
                from++;
            }
            else if (star >= 0)
            {
                (at, from) = (star + 1, ++mark);
            }
            else
            {
                return false;
            }
        }

        return glob.AsSpan(at).IndexOfAnyExcept('*') < 0;
    }

    /// <summary>One spelling for escapes: what need not be escaped is not, and hex digits are in upper case.</summary>
    private static string Normal(string path) =>
        Uri.TryCreate("http://x" + path, UriKind.Absolute, out var url) ? url.PathAndQuery : path;

    private sealed class Group
    {
        public List<string> Agents { get; } = [];

        public List<(bool Allow, string Pattern)> Rules { get; } = [];

        public double? Delay { get; private set; }

        /// <summary>A user-agent line after a rule opens the next group.</summary>
        public bool Closed { get; private set; }

        public void Take(string key, string value)
        {
            if (key is "allow" or "disallow")
            {
                Closed = true;
                if (value.Length > 0 && (value[0] is '/' or '*'))
                {
                    Rules.Add((key == "allow", NormalPattern(value)));
                }
            }
            else if (key == "crawl-delay" && double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
            {
                Closed = true;
                Delay ??= seconds;
            }
        }

        private static string NormalPattern(string pattern) => pattern[0] == '/' ? Normal(pattern) : pattern;
    }
}
