-- What an installer gets for taking one unit down again; who was there before asks for nothing until he says otherwise.
ALTER TABLE installer_skills ADD COLUMN take_down_fee BIGINT NOT NULL DEFAULT 0 CHECK (take_down_fee >= 0);
