using Serverless.App.Hosting;

namespace Serverless.App.Tests.Hosting;

public sealed class PartsTests
{
    [Fact]
    public async Task A_part_that_fails_keeps_none_of_the_others_from_being_done_and_all_failures_are_said()
    {
        var done = "";

        var failed = await Assert.ThrowsAsync<AggregateException>(() =>
            Parts.RunAsync(
                [_ => throw new InvalidDataException("first"), Do("a"), _ => throw new TimeoutException("second"), Do("b")],
                default
            )
        );

        Assert.Equal("ab", done);
        Assert.Equal(["first", "second"], failed.InnerExceptions.Select(one => one.Message));

        Func<CancellationToken, Task> Do(string what) =>
            _ =>
            {
                done += what;
                return Task.CompletedTask;
            };
    }

    [Fact]
    public async Task Whoever_cancels_ends_it()
    {
        using var cancel = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Parts.RunAsync(
                [
                    cancelled =>
                    {
                        cancel.Cancel();
                        return Task.FromCanceled(cancelled);
                    },
                    _ => throw new InvalidDataException("It goes on."),
                ],
                cancel.Token
            )
        );
    }
}
