COMMENT ON COLUMN predictions.asked IS 'http (/predict), v2 or grpc (the Open Inference Protocol), or stream';
