using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Serverless.Domain.Series;
using Serverless.InfluxQL.Execution;
using Serverless.InfluxQL.Results;

namespace Serverless.InfluxQL.Tests.Results;

/// <summary>Drives a writer as a query does and keeps its bytes.</summary>
internal sealed class Answer
{
    private readonly Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 0));
    private readonly ResultWriter writer;

    public Answer(ResultOptions options) => writer = ResultWriter.Create(pipe.Writer, options);

    public static GroupTags Tags(params (string Key, string Value)[] tags) =>
        GroupTags.Of(
            [.. tags.Select(tag => tag.Key).Order(StringComparer.Ordinal)],
            TagSet.Of([.. tags.Select(tag => KeyValuePair.Create(tag.Key, tag.Value))])
        );

    public async Task<Answer> Begin(int statement, TimeZoneInfo? zone = null)
    {
        await writer.BeginAsync(statement, zone, TestContext.Current.CancellationToken);
        return this;
    }

    public Task Series(string? name, GroupTags? tags, params string[] columns) =>
        writer.SeriesAsync(new SeriesHeader(name, tags, columns, columns is ["time", ..]), TestContext.Current.CancellationToken).AsTask();

    public Task Series(SeriesHeader header) => writer.SeriesAsync(header, TestContext.Current.CancellationToken).AsTask();

    public Task Rows(long[] times, params Column[] columns) =>
        writer
            .RowsAsync(
                new RowBlock(times.Length > 0 ? times.Length : columns[0].Count, times, columns),
                TestContext.Current.CancellationToken
            )
            .AsTask();

    public void Warn(string text) => writer.Warn(text);

    public Task End(string? error = null) => writer.EndAsync(error, TestContext.Current.CancellationToken).AsTask();

    public async Task<byte[]> Bytes()
    {
        await writer.CompleteAsync(TestContext.Current.CancellationToken);
        await pipe.Writer.CompleteAsync();
        var read = await pipe.Reader.ReadAsync(TestContext.Current.CancellationToken);
        return read.Buffer.ToArray();
    }

    public async Task<string> Text() => Encoding.UTF8.GetString(await Bytes());
}
