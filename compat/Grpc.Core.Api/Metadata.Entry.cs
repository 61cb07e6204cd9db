using System.Text;
using Grpc.Core.Utils;

namespace Grpc.Core;

public sealed partial class Metadata
{
    /// <summary>One key with its text or its bytes; never changes.</summary>
    public class Entry
    {
        private readonly string? text;
        private readonly byte[]? bytes;

        /// <summary>Creates a binary entry, whose key ends in <see cref="BinaryHeaderSuffix" />.</summary>
        public Entry(string key, byte[] valueBytes)
        {
            Key = Normalize(key);
            GrpcPreconditions.CheckArgument(IsBinaryKey(Key), $"The key of a binary entry ends in '{BinaryHeaderSuffix}'.");
            bytes = [.. GrpcPreconditions.CheckNotNull(valueBytes, nameof(valueBytes))];
        }

        /// <summary>Creates a text entry, whose key does not end in <see cref="BinaryHeaderSuffix" />.</summary>
        public Entry(string key, string value)
        {
            Key = Normalize(key);
            GrpcPreconditions.CheckArgument(!IsBinaryKey(Key), $"The key of a text entry does not end in '{BinaryHeaderSuffix}'.");
            text = GrpcPreconditions.CheckNotNull(value, nameof(value));
        }

        /// <summary>The key, in lower case.</summary>
        public string Key { get; }

        /// <summary>The text; throws when the entry is binary.</summary>
        public string Value => text ?? throw new InvalidOperationException("A binary entry has no text.");

        /// <summary>A copy of the bytes; of a text entry, its ASCII bytes.</summary>
        public byte[] ValueBytes => bytes is null ? Encoding.ASCII.GetBytes(text!) : [.. bytes];

        /// <summary>Whether the value is bytes.</summary>
        public bool IsBinary => bytes is not null;

        /// <inheritdoc />
        public override string ToString() =>
            IsBinary ? $"[Entry: key={Key}, valueBytes={bytes}]" : $"[Entry: key={Key}, value={text}]";

        internal bool HasKey(string key) => string.Equals(Key, key, StringComparison.OrdinalIgnoreCase);

        private static bool IsBinaryKey(string key) => key.EndsWith(BinaryHeaderSuffix, StringComparison.Ordinal);

        private static string Normalize(string key)
        {
            GrpcPreconditions.CheckNotNull(key, nameof(key));
            GrpcPreconditions.CheckArgument(
                key.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'),
                "A metadata key consists of ASCII letters, digits, underscores, hyphens and dots.");
            return key.ToLowerInvariant();
        }
    }
}
