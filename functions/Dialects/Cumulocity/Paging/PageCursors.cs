using System.Collections.Concurrent;

namespace Serverless.Dialects.Cumulocity.Paging;

/// <summary>Remembers where in the answer to a query its pages begin, so that who walks page by page pays for each page once, however deep.</summary>
/// <remarks>
/// The store goes on from cursors, and this API counts pages. A page that is served tells the cursor of the next one, which is kept here by the number of items before it. A page whose
/// beginning is not known is walked to from the nearest one before that is, in steps of <see cref="Step"/> items. A cursor is a place among keys, so that what comes and goes before it
/// neither repeats nor skips anything; whoever asks for the pages before again replaces it. What is kept ends after <see cref="Kept"/>, and is only this process's.
/// </remarks>
internal sealed class PageCursors(TimeProvider time)
{
    /// <summary>How long a cursor is kept after it was last of use.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    /// <summary>The most items that are read at once.</summary>
    public const int Step = 2000;

    private const int MostQueries = 1000;
    private const int MostCursors = 64;

    private readonly ConcurrentDictionary<string, Walk> walks = new();

    /// <summary>One page.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="query">Names the query among the tenant's: all of it but the page.</param>
    /// <param name="skip">How many items come before the page.</param>
    /// <param name="size">How many items it has, 0 to <see cref="Step"/>.</param>
    /// <param name="read">Reads up to a number of items from a cursor on.</param>
    /// <returns>The items, and whether there are more behind them.</returns>
    public async Task<(IReadOnlyList<T> Items, bool HasMore)> ReadAsync<T>(
        string tenant,
        string query,
        long skip,
        int size,
        Func<int, string?, Task<(IReadOnlyList<T> Items, string? Cursor)>> read
    )
    {
        if (size == 0)
        {
            return ([], false);
        }

        var walk = walks.GetOrAdd($"{tenant}\n{query}", _ => new Walk());
        var (at, cursor) = walk.Nearest(skip, time.GetUtcNow());
        while (at < skip)
        {
            (var passed, cursor) = await read((int)Math.Min(skip - at, Step), cursor);
            at += passed.Count;
            if (cursor is null)
            {
                return ([], false);
            }

            walk.Remember(at, cursor, time.GetUtcNow());
        }

        var (items, next) = await read(size, cursor);
        if (next is not null)
        {
            walk.Remember(skip + items.Count, next, time.GetUtcNow());
        }

        Tidy();
        return (items, next is not null);
    }

    /// <summary>Forgets where a tenant's pages begin: what they list has become less.</summary>
    public void Forget(string tenant)
    {
        foreach (var key in walks.Keys.Where(key => key.StartsWith($"{tenant}\n", StringComparison.Ordinal)))
        {
            walks.TryRemove(key, out _);
        }
    }

    private void Tidy()
    {
        if (walks.Count <= MostQueries)
        {
            return;
        }

        var due = time.GetUtcNow() - Kept;
        foreach (var (key, _) in walks.Where(pair => pair.Value.Used < due))
        {
            walks.TryRemove(key, out _);
        }

        foreach (var (key, _) in walks.OrderBy(pair => pair.Value.Used).Take(Math.Max(0, walks.Count - MostQueries)))
        {
            walks.TryRemove(key, out _);
        }
    }

    /// <summary>The cursors of one query, by the number of items before them.</summary>
    private sealed class Walk
    {
        private readonly SortedList<long, (string Cursor, DateTimeOffset Time)> cursors = [];

        public DateTimeOffset Used { get; private set; }

        /// <summary>The cursor of the last known place that is not behind this one, or the beginning.</summary>
        public (long At, string? Cursor) Nearest(long skip, DateTimeOffset now)
        {
            lock (cursors)
            {
                Used = now;
                for (var index = cursors.Count - 1; index >= 0; index--)
                {
                    var (at, (cursor, written)) = (cursors.Keys[index], cursors.Values[index]);
                    if (now - written > Kept)
                    {
                        cursors.RemoveAt(index);
                    }
                    else if (at <= skip)
                    {
                        cursors[at] = (cursor, now);
                        return (at, cursor);
                    }
                }

                return (0, null);
            }
        }

        public void Remember(long at, string cursor, DateTimeOffset now)
        {
            lock (cursors)
            {
                cursors[at] = (cursor, now);
                if (cursors.Count > MostCursors)
                {
                    // Every second one goes, but not the last, from which a walk goes on.
                    for (var index = cursors.Count - 2; index >= 0; index -= 2)
                    {
                        cursors.RemoveAt(index);
                    }
                }
            }
        }
    }
}
