using System.Diagnostics;

namespace Serverless.Acceptance.Tests.Support;

/// <summary>Waits for what becomes true in another process: asks again and again, and fails at a deadline.</summary>
internal static class Poll
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(25);

    public static async Task<T> UntilAsync<T>(string what, Func<Task<T?>> ask, TimeSpan? patience = null)
        where T : class
    {
        var longest = patience ?? Patience;
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            if (await ask() is { } answer)
            {
                return answer;
            }

            if (Stopwatch.GetElapsedTime(started) > longest)
            {
                throw new TimeoutException($"Waited {longest.TotalSeconds} s in vain: {what}.");
            }

            await Task.Delay(Interval);
        }
    }

    public static Task UntilAsync(string what, Func<Task<bool>> ask, TimeSpan? patience = null) =>
        UntilAsync(what, async () => await ask() ? what : null, patience);

    public static Task UntilAsync(string what, Func<bool> ask) => UntilAsync(what, () => Task.FromResult(ask() ? what : null));
}
