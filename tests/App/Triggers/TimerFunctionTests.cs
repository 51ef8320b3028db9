using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Serverless.App.Triggers;

namespace Serverless.App.Tests.Triggers;

public sealed class TimerFunctionTests
{
    private int ticks;

    [Fact]
    public async Task A_tick_of_the_host_does_the_work_and_is_answered_with_an_object()
    {
        Assert.Equal((200, "{}"), await InvokeAsync(Count));
        Assert.Equal(1, ticks);
    }

    [Fact]
    public async Task Work_that_fails_is_a_failure_to_the_host()
    {
        Assert.Equal((500, "{}"), await InvokeAsync(_ => throw new InvalidDataException("broken")));
    }

    [Fact]
    public async Task Whoever_is_not_the_host_finds_nothing()
    {
        Assert.Equal((404, ""), await InvokeAsync(Count, context => context.Request.Headers["x-ms-invocation-id"] = "1"));
        Assert.Equal(0, ticks);
    }

    private Task Count(CancellationToken cancellation)
    {
        ticks++;
        return Task.CompletedTask;
    }

    private static async Task<(int Status, string Body)> InvokeAsync(Func<CancellationToken, Task> work, Action<HttpContext>? change = null)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = "POST";
        context.Request.Headers.UserAgent = "Azure-Functions-Host/4.1";
        context.Request.Headers["X-Azure-Functions-InvocationId"] = "1";
        context.Response.Body = new MemoryStream();
        change?.Invoke(context);
        await new TimerFunction("housekeeping", work, NullLogger<TimerFunction>.Instance).HandleAsync(context);
        context.Response.Body.Position = 0;
        return (context.Response.StatusCode, await new StreamReader(context.Response.Body).ReadToEndAsync());
    }
}
