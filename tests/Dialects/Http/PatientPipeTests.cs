using System.IO.Pipelines;
using Serverless.Dialects.Http;

namespace Serverless.Dialects.Tests.Http;

public sealed class PatientPipeTests : IDisposable
{
    private readonly Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 4, resumeWriterThreshold: 2));
    private readonly CancellationTokenSource work = new();
    private readonly CancellationTokenSource gone = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_being_sent_when_the_work_is_cancelled_still_arrives()
    {
        var sending = new PatientPipe(pipe.Writer, gone.Token).WriteAsync("123456"u8.ToArray(), work.Token);
        await work.CancelAsync();

        Assert.False(sending.IsCompleted);
        var read = await pipe.Reader.ReadAsync(Cancellation);
        Assert.Equal(6, read.Buffer.Length);
        pipe.Reader.AdvanceTo(read.Buffer.End);
        Assert.False((await sending).IsCompleted);
    }

    [Fact]
    public async Task Nothing_is_sent_on_to_a_client_that_has_gone()
    {
        var sending = new PatientPipe(pipe.Writer, gone.Token).WriteAsync("123456"u8.ToArray(), work.Token);
        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await sending);
    }

    public void Dispose()
    {
        work.Dispose();
        gone.Dispose();
    }
}
