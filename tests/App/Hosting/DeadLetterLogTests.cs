using System.Text.RegularExpressions;
using Serverless.Acceptance.Tests.Support;
using Serverless.App.Hosting;
using Serverless.Contracts;
using Serverless.Domain.Documents;
using Serverless.Domain.Telemetry;

namespace Serverless.App.Tests.Hosting;

public sealed class DeadLetterLogTests
{
    private readonly ManualTime time = new();
    private readonly RecordingLogger<DeadLetterLog> logger = new();
    private readonly DeadLetters letters;

    public DeadLetterLogTests()
    {
        letters = new DeadLetters(new Accepting(), time);
        new DeadLetterLog(letters, time, logger).Start();
    }

    [Fact]
    public async Task A_partition_logs_at_once_and_then_a_line_a_minute_with_how_many_there_were()
    {
        await AddAsync("t1", "d1", "d2");
        await AddAsync("t1", "d3");
        await AddAsync("t2", "d4");
        time.Advance(DeadLetterLog.Interval);
        await AddAsync("t1", "d5");

        Assert.Equal([Line(2, "t1", "d1"), Line(1, "t2", "d4"), Line(2, "t1", "d5")], logger.Lines);
    }

    [Fact]
    public async Task A_line_has_nothing_of_the_payload_and_is_what_the_templates_alert_looks_for()
    {
        await AddAsync("t1", "d1");

        var line = Assert.Single(logger.Lines);
        Assert.DoesNotContain("secret", line, StringComparison.Ordinal);
        var alert = File.ReadAllText(Repository.At("infra", "modules", "alerts.bicep"));
        var words = Regex.Match(alert, """AppTraces \| where Message has "([^"]+)""").Groups[1].Value;
        Assert.Matches($@"\b{Regex.Escape(words)}\b", line);
        Assert.NotEmpty(words);
    }

    private static string Line(int count, string partition, string source) =>
        $"{count} dead letters more in {partition}: messages that could not be taken; one is of the source {source}: It is so.";

    private Task AddAsync(string partition, params string[] hubIds) =>
        letters.AddAsync(
            partition,
            [
                .. hubIds.Select(hubId =>
                    DeadLetters.Of(
                        new DeviceMessage(
                            hubId,
                            "secret"u8.ToArray(),
                            time.GetUtcNow(),
                            MessageSource.Telemetry,
                            DeviceMessage.NoProperties,
                            DeviceMessage.NoProperties
                        ),
                        "It is so."
                    )
                ),
            ],
            TestContext.Current.CancellationToken
        );

    private sealed class Accepting : IDocumentStore
    {
        public Task<IReadOnlyList<string?>> CommitAsync(
            string partition,
            IReadOnlyList<DocumentWrite> writes,
            CancellationToken cancellation
        ) => Task.FromResult<IReadOnlyList<string?>>([.. writes.Select(write => write.Id)]);

        public ValueTask<Document?> GetAsync(DocumentKey key, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<DocumentPage> QueryAsync(DocumentQuery query, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<long> CountAsync(DocumentQuery query, CancellationToken cancellation) => throw new NotSupportedException();
    }
}
