using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Serverless.App.Triggers.Telemetry;
using Serverless.Contracts;
using Serverless.Domain.Documents;
using Serverless.Domain.Telemetry;

namespace Serverless.App.Tests.Triggers.Telemetry;

public sealed class TelemetryFunctionTests
{
    private const string Two = """{"Data":{"events":"[\"eA==\",\"%\"]"},"Metadata":{}}""";

    private readonly Ingest ingest = new();
    private readonly Letters letters = new();

    [Fact]
    public async Task It_answers_an_object_once_all_is_durable_and_sends_what_is_unreadable_to_the_dead_letters()
    {
        var (status, type, body) = await CallAsync(Two);

        Assert.Equal((200, "application/json", "{}"), (status, type, body));
        Assert.Equal("x"u8, Assert.Single(ingest.Messages).Body.Span);
        Assert.Equal(1, letters.Writes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    public async Task What_is_no_invocation_is_a_dead_letter_and_200(string sent)
    {
        var (status, _, body) = await CallAsync(sent);

        Assert.Equal((200, "{}", 1), (status, body, letters.Writes));
        Assert.Empty(ingest.Messages);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Where_a_store_is_away_it_fails_so_that_the_batch_comes_again(bool lettersAway)
    {
        (letters.Away, ingest.Away) = (lettersAway, !lettersAway);

        var (status, type, body) = await CallAsync(Two);

        Assert.Equal((503, "application/json", "{}"), (status, type, body));
    }

    [Fact]
    public async Task A_call_from_outside_finds_nothing()
    {
        var (status, _, _) = await CallAsync(Two, context => context.Request.Headers["x-ms-invocation-id"] = "1");

        Assert.Equal(404, status);
        Assert.Empty(ingest.Messages);
    }

    private async Task<(int Status, string? Type, string Body)> CallAsync(string sent, Action<HttpContext>? change = null)
    {
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpMaxRequestBodySizeFeature>(new Limit());
        context.Request.Method = "POST";
        context.Request.Headers.UserAgent = "Azure-Functions-Host/4.1";
        context.Request.Headers["X-Azure-Functions-InvocationId"] = "1";
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(sent));
        using var answer = new MemoryStream();
        context.Response.Body = answer;
        change?.Invoke(context);
        var function = new TelemetryFunction(
            ingest,
            new DeadLetters(letters, new ManualTime()),
            new ManualTime(),
            NullLogger<TelemetryFunction>.Instance
        );
        await function.HandleAsync(context);
        await context.Response.BodyWriter.FlushAsync(TestContext.Current.CancellationToken);
        return (context.Response.StatusCode, context.Response.ContentType, Encoding.UTF8.GetString(answer.ToArray()));
    }

    private sealed class Limit : IHttpMaxRequestBodySizeFeature
    {
        public bool IsReadOnly => false;

        public long? MaxRequestBodySize { get; set; } = 1;
    }

    private sealed class Ingest : ITelemetryIngest
    {
        public bool Away { get; set; }

        public List<DeviceMessage> Messages { get; } = [];

        public Task IngestAsync(IReadOnlyList<DeviceMessage> messages, CancellationToken cancellation)
        {
            if (Away)
            {
                throw new StoreUnavailableException("away");
            }

            Messages.AddRange(messages);
            return Task.CompletedTask;
        }
    }

    private sealed class Letters : IDocumentStore
    {
        public bool Away { get; set; }

        public int Writes { get; private set; }

        public Task<IReadOnlyList<string?>> CommitAsync(
            string partition,
            IReadOnlyList<DocumentWrite> writes,
            CancellationToken cancellation
        )
        {
            Assert.Equal(Partitions.System, partition);
            Writes += Away ? throw new StoreUnavailableException("away") : writes.Count;
            return Task.FromResult<IReadOnlyList<string?>>([.. writes.Select(_ => "tag")]);
        }

        public ValueTask<Document?> GetAsync(DocumentKey key, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<DocumentPage> QueryAsync(DocumentQuery query, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<long> CountAsync(DocumentQuery query, CancellationToken cancellation) => throw new NotSupportedException();
    }
}
