using Serverless.Domain.Series;
using Serverless.TimeSeries.Catalogue;
using Serverless.TimeSeries.Codecs;
using Serverless.TimeSeries.Columns;
using Serverless.TimeSeries.Rows;
using Serverless.TimeSeries.Runs;
using Serverless.TimeSeries.Tests.Store;

namespace Serverless.TimeSeries.Tests.Codecs;

public sealed class CorruptionTests
{
    private const int Mutations = 1500;

    [Fact]
    public void A_changed_run_is_refused_by_its_checksum() =>
        ForMutations(Samples.Run(), bytes => Assert.Throws<InvalidDataException>(() => StoredRunReader.Read(new StoredRun(1, bytes))));

    [Fact]
    public void A_changed_row_is_refused_by_its_checksum() =>
        ForMutations(Samples.Row(), bytes => Assert.Throws<InvalidDataException>(() => RowCodec.Decode(1, bytes)));

    [Fact]
    public void A_changed_run_with_a_valid_checksum_does_no_more_than_be_refused() =>
        ForMutations(Samples.Run(), bytes => Refused(() => StoredRunReader.Read(new StoredRun(1, Sealed(bytes)))));

    [Fact]
    public void A_changed_row_with_a_valid_checksum_does_no_more_than_be_refused() =>
        ForMutations(
            Samples.Row(),
            bytes =>
                Refused(() =>
                {
                    var row = RowCodec.Decode(1, Sealed(bytes));
                    foreach (var column in row.Columns)
                    {
                        var points = new PointColumn(column.Type);
                        Array.ForEach(column.Blocks, block => row.DecodeInto(points, block));
                    }
                })
        );

    [Fact]
    public void A_changed_catalogue_row_with_a_valid_checksum_does_no_more_than_be_refused() =>
        ForMutations(Samples.Manifest(), bytes => Refused(() => ManifestEdit.Read(Sealed(bytes))));

    [Fact]
    public void A_later_version_is_refused_by_name()
    {
        var run = Samples.Run();
        run[1] = 2;

        var error = Assert.Throws<InvalidDataException>(() => StoredRunReader.Read(new StoredRun(1, Sealed(run))));
        Assert.Equal("The stored data cannot be read: its version is 2, and only 1 is known.", error.Message);
    }

    private static byte[] Sealed(byte[] bytes)
    {
        var writer = new ByteWriter();
        writer.Bytes(bytes.AsSpan(0, Math.Max(0, bytes.Length - 8)));
        Envelope.Close(writer);
        return writer.Written.ToArray();
    }

    private static void Refused(Action read)
    {
        try
        {
            read();
        }
        catch (InvalidDataException)
        {
            return;
        }
    }

    private static void ForMutations(byte[] original, Action<byte[]> check)
    {
        var random = new Random(4711);
        for (var i = 0; i < Mutations; i++)
        {
            var bytes = original.ToArray();
            var kind = random.Next(4);
            if (kind == 0)
            {
                bytes = bytes[..random.Next(bytes.Length)];
            }

            for (var changes = random.Next(kind == 0 ? 0 : 1, 6); changes > 0 && bytes.Length > 0; changes--)
            {
                bytes[random.Next(bytes.Length)] ^= (byte)(kind == 1 ? 1 << random.Next(8) : random.Next(1, 256));
            }

            check(bytes);
        }
    }
}
