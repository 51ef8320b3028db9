namespace Serverless.App.Triggers;

/// <summary>
/// A function that the Functions host calls by the clock: POST /{name}. It answers 200 and {} when its work is done; where the work fails it answers 500 and {}, which the host counts as a failure, and
/// the next tick tries again.
/// </summary>
/// <param name="name">The function's name: its folder's and its path's.</param>
/// <param name="work">What it does.</param>
/// <param name="logger">Told of failures.</param>
internal sealed partial class TimerFunction(string name, Func<CancellationToken, Task> work, ILogger<TimerFunction> logger)
{
    public async Task HandleAsync(HttpContext context)
    {
        if (!HostInvocation.IsGenuine(context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        try
        {
            await work(context.RequestAborted);
        }
        catch (Exception failure) when (!context.RequestAborted.IsCancellationRequested)
        {
            Failed(failure, name);
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }

        await HostInvocation.AnswerAsync(context);
    }

    [LoggerMessage(1, LogLevel.Error, "The function {Name} failed; the next tick tries again")]
    private partial void Failed(Exception failure, string name);
}
