using JobForge.Contracts.Events;

namespace JobForge.Storage.Rows;

internal static class Pages
{
    /// <summary>The statements read one row more than the page holds, so that the last page has no cursor.</summary>
    public static Page<T> Of<T>(List<T> rows, int limit, Func<T, string> cursor)
    {
        if (rows.Count <= limit)
        {
            return new Page<T>(rows, null);
        }

        rows.RemoveRange(limit, rows.Count - limit);
        return new Page<T>(rows, cursor(rows[^1]));
    }
}
