using System.Collections.Concurrent;

namespace Serverless.Domain.Rules;

/// <summary>Lists of watched values, each for one batch and then used again: a list of thousands is garbage that only a full collection takes away.</summary>
internal static class WatchedLists
{
    private const int MostKept = 4;
    private const int LongestKept = 64 * 1024;

    private static readonly ConcurrentBag<List<WatchedValue>> Free = [];

    public static List<WatchedValue> Take() => Free.TryTake(out var list) ? list : [];

    /// <summary>Gives a list back; nobody reads it any more.</summary>
    public static void Return(List<WatchedValue> list)
    {
        if (list.Capacity <= LongestKept && Free.Count < MostKept)
        {
            list.Clear();
            Free.Add(list);
        }
    }
}
