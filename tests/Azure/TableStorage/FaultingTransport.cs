using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Serverless.Azure.Tests.TableStorage;

/// <summary>Sends requests on, or lets happen to them what a test says.</summary>
internal sealed class FaultingTransport(Func<Request, Fault> next) : HttpPipelineTransport
{
    private readonly HttpPipelineTransport inner = HttpClientTransport.Shared;
    private readonly List<HttpRequestMessage> late = [];

    /// <summary>How often each thing happened.</summary>
    public Dictionary<Fault, int> Happened { get; } = [];

    public override Request CreateRequest() => inner.CreateRequest();

    public override void Process(HttpMessage message) => throw new NotSupportedException("The client is asynchronous.");

    public override async ValueTask ProcessAsync(HttpMessage message)
    {
        Fault fault;
        lock (Happened)
        {
            fault = next(message.Request);
            Happened[fault] = Happened.GetValueOrDefault(fault) + 1;
        }

        switch (fault)
        {
            case Fault.Busy:
                message.Response = FixedResponse.Error(503, "ServerBusy", ("Retry-After", "0"));
                return;
            case Fault.TooMany:
                message.Response = new FixedResponse(429, "");
                return;
            case Fault.ErrorInTransaction:
                message.Response = message.Request.Uri.Path.EndsWith("$batch", StringComparison.Ordinal)
                    ? FixedResponse.InTransaction(500, "OperationTimedOut")
                    : FixedResponse.Error(500, "OperationTimedOut");
                return;
            case Fault.PreconditionFailed:
                message.Response = FixedResponse.Error(412, "UpdateConditionNotSatisfied");
                return;
            case Fault.CutBefore:
                throw Cut();
            case Fault.Late:
                await KeepAsync(message.Request);
                throw Cut();
        }

        await inner.ProcessAsync(message);
        switch (fault)
        {
            case Fault.CutAfter:
                throw Cut();
            case Fault.TimeoutAfter:
                throw new TaskCanceledException("The operation took longer than the timeout.");
            case Fault.ErrorAfter:
                message.Response.Dispose();
                message.Response = FixedResponse.Error(500, "InternalError");
                break;
        }
    }

    /// <summary>Lets the requests arrive that were held back. What the server answers nobody hears.</summary>
    public async Task DeliverLateAsync()
    {
        List<HttpRequestMessage> arriving;
        lock (late)
        {
            arriving = [.. late];
            late.Clear();
        }

        using var client = new HttpClient();
        foreach (var request in arriving)
        {
            using (request)
            {
                (await client.SendAsync(request)).Dispose();
            }
        }
    }

    private static RequestFailedException Cut() => new("The connection was cut.", new IOException("The connection was cut."));

    private async Task KeepAsync(Request request)
    {
        var copy = new HttpRequestMessage(new HttpMethod(request.Method.Method), request.Uri.ToUri());
        if (request.Content is { } content)
        {
            var body = new MemoryStream();
            await content.WriteToAsync(body, CancellationToken.None);
            copy.Content = new ByteArrayContent(body.ToArray());
        }

        foreach (var header in request.Headers)
        {
            _ =
                copy.Headers.TryAddWithoutValidation(header.Name, header.Value)
                || copy.Content?.Headers.TryAddWithoutValidation(header.Name, header.Value) is true;
        }

        lock (late)
        {
            late.Add(copy);
        }
    }
}
